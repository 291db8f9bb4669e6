package io.prontuario.ha.gcp;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The manifests of the deployment guide's phase 4, from the settings that the strategy uses, so that they cannot differ. The settings'
 * values are of narrow forms, so nothing needs quoting.
 */
public final class GcpManifests {
    private final GcpSettings settings;

    public GcpManifests(GcpSettings settings) {
        this.settings = settings;
    }

    /** Each file's name with its text. */
    public Map<String, String> render() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("gke-emergency-cluster.json", cluster());
        files.put("emergency-deployment.yaml", workload());
        return files;
    }

    /** The body of {@code POST https://container.googleapis.com/v1/projects/P/locations/Z/clusters}. */
    private String cluster() {
        GcpSettings.Pool pool = settings.pool();
        return """
                {
                  "cluster": {
                    "name": "%s",
                    "nodePools": [
                      {
                        "name": "%s",
                        "initialNodeCount": %d,
                        "config": {
                          "machineType": "%s",
                          "diskSizeGb": %d,
                          "preemptible": false,
                          "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"]
                        },
                        "autoscaling": {"enabled": true, "minNodeCount": %d, "maxNodeCount": %d}
                      }
                    ],
                    "networkPolicy": {"enabled": true, "provider": "CALICO"},
                    "addonsConfig": {"networkPolicyConfig": {"disabled": false}},
                    "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"allowExternalTraffic": true}},
                    "loggingService": "logging.googleapis.com/kubernetes",
                    "monitoringService": "monitoring.googleapis.com/kubernetes"
                  }
                }
                """.formatted(
                        settings.place().cluster(),
                        pool.name(),
                        pool.asleep(),
                        pool.machineType(),
                        pool.diskGb(),
                        pool.least(),
                        pool.most());
    }

    private String workload() {
        GcpSettings.Workload workload = settings.workload();
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: %1$s
                  namespace: %2$s
                spec:
                  replicas: %3$d
                  selector:
                    matchLabels:
                      app: %13$s
                  template:
                    metadata:
                      labels:
                        app: %13$s
                    spec:
                      containers:
                      - name: %4$s
                        image: %5$s
                        ports:
                        - containerPort: %6$d
                        env:
                        - name: MODE
                          value: "EMERGENCY"
                        - name: FUNCTIONALITY_LEVEL
                          value: "%7$d"
                        - name: DATA_ACCESS
                          value: "%8$s"
                        resources:
                          requests:
                            memory: "512Mi"
                            cpu: "250m"
                          limits:
                            memory: "1Gi"
                            cpu: "500m"
                        livenessProbe:
                          httpGet:
                            path: /health
                            port: %6$d
                          initialDelaySeconds: 30
                          periodSeconds: 10
                        readinessProbe:
                          httpGet:
                            path: /ready
                            port: %6$d
                          initialDelaySeconds: 5
                          periodSeconds: 5
                ---
                apiVersion: v1
                kind: Service
                metadata:
                  name: %9$s
                  namespace: %2$s
                spec:
                  selector:
                    app: %13$s
                  ports:
                  - port: %10$d
                    targetPort: %6$d
                  type: LoadBalancer
                ---
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata:
                  name: %1$s
                  namespace: %2$s
                spec:
                  scaleTargetRef:
                    apiVersion: apps/v1
                    kind: Deployment
                    name: %1$s
                  minReplicas: %11$d
                  maxReplicas: %12$d
                  metrics:
                  - type: Resource
                    resource:
                      name: cpu
                      target:
                        type: Utilization
                        averageUtilization: 70
                """.formatted(
                        workload.deployment(),
                        workload.namespace(),
                        workload.asleep(),
                        workload.container(),
                        workload.image(),
                        workload.port(),
                        settings.level(),
                        settings.mode().name(),
                        workload.service(),
                        workload.servicePort(),
                        Math.max(1, workload.asleep()),
                        2 * workload.awake(),
                        workload.app());
    }
}
