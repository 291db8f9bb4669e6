package io.prontuario.ha.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.container.model.CreateClusterRequest;
import com.google.api.services.container.model.NodePool;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is rendered is read back by the official models: a field that they do not know would be lost in silence. */
class GcpManifestsTest {
    private final Map<String, String> files = new GcpManifests(Lab.good().build()).render();

    @Test
    void theClusterIsTheGuides() throws IOException {
        CreateClusterRequest request = GsonFactory.getDefaultInstance()
                .fromString(files.get("gke-emergency-cluster.json"), CreateClusterRequest.class);
        NodePool pool = request.getCluster().getNodePools().get(0);

        assertEquals("medical-emergency-cluster", request.getCluster().getName());
        assertEquals("e2-standard-4", pool.getConfig().getMachineType());
        assertEquals(50, pool.getConfig().getDiskSizeGb());
        assertEquals(1, pool.getAutoscaling().getMinNodeCount());
        assertEquals(5, pool.getAutoscaling().getMaxNodeCount());
        assertTrue(request.getCluster().getNetworkPolicy().getEnabled());
        assertTrue(request.getCluster()
                .getControlPlaneEndpointsConfig()
                .getDnsEndpointConfig()
                .getAllowExternalTraffic());
        assertTrue(request.getCluster().getUnknownKeys().isEmpty());
        assertTrue(pool.getUnknownKeys().isEmpty());
        assertTrue(pool.getConfig().getUnknownKeys().isEmpty());
    }

    @Test
    void deploymentServiceAndAutoscalerFitTogether() {
        List<HasMetadata> all = List.of(
                read("Deployment", Deployment.class),
                read("Service", Service.class),
                read("HorizontalPodAutoscaler", HorizontalPodAutoscaler.class));
        Deployment deployment = (Deployment) all.get(0);
        Service service = (Service) all.get(1);
        HorizontalPodAutoscaler autoscaler = (HorizontalPodAutoscaler) all.get(2);
        Container container =
                deployment.getSpec().getTemplate().getSpec().getContainers().get(0);

        assertEquals(
                deployment.getSpec().getSelector().getMatchLabels(),
                service.getSpec().getSelector());
        assertEquals(
                deployment.getSpec().getSelector().getMatchLabels(),
                deployment.getSpec().getTemplate().getMetadata().getLabels());
        assertEquals(
                "medical-emergency-api",
                autoscaler.getSpec().getScaleTargetRef().getName());
        assertEquals("/ready", container.getReadinessProbe().getHttpGet().getPath());
        assertEquals("/health", container.getLivenessProbe().getHttpGet().getPath());
        assertEquals(8000, service.getSpec().getPorts().get(0).getTargetPort().getIntVal());
        assertTrue(container.getEnv().stream()
                .anyMatch(one -> one.getName().equals("FUNCTIONALITY_LEVEL")
                        && one.getValue().equals("25")));
    }

    private <T> T read(String kind, Class<T> type) {
        for (String one : files.get("emergency-deployment.yaml").split("(?m)^---$")) {
            if (one.contains("kind: " + kind + "\n")) {
                return new KubernetesSerialization().unmarshal(one, type);
            }
        }
        throw new AssertionError("no " + kind);
    }
}
