package io.prontuario.ha.gcp;

import io.prontuario.ha.model.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the emergency environment consists of. Names, sizes and the zone begin with the deployment guide's values (phase 4); what differs
 * in every installation has to be given: project, image, DNS zone and record, the addresses on site.
 *
 * @param environment the name by which steps mean the cloud; no node may have it
 * @param place the cluster
 * @param pool its nodes
 * @param workload what runs there
 * @param name the name that leads clients there
 * @param replica the Cloud SQL replica that may become the primary; null: the cloud never holds one
 * @param mode what the environment may do with data, as long as no record makes it the primary
 * @param level the functionality level that is announced to the application there, 0 to 99
 * @param callLimit how long one call to a service may take
 */
public record GcpSettings(
        NodeName environment,
        Place place,
        Pool pool,
        Workload workload,
        PublicName name,
        @Nullable String replica,
        EmergencyMode mode,
        int level,
        Duration callLimit) {
    private static final Duration SHORTEST_CALL = Duration.ofMillis(100);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(30);

    /** Where the cluster is. */
    public record Place(String project, String zone, String cluster) {}

    /**
     * The nodes of the cluster.
     *
     * @param name the node pool
     * @param machineType the kind of machine
     * @param diskGb its disk, in GB
     * @param least the autoscaler's lower bound
     * @param most its upper bound
     * @param awake how many there are to be in an emergency
     * @param asleep how many there are as long as all is well
     */
    public record Pool(String name, String machineType, int diskGb, int least, int most, int awake, int asleep) {}

    /**
     * The application in the cluster.
     *
     * @param namespace the Kubernetes namespace
     * @param app the label {@code app} by which Deployment and Service find the pods
     * @param deployment the Deployment
     * @param container the container in it
     * @param image its image
     * @param port where it listens
     * @param service the Service in front of it
     * @param servicePort where that listens
     * @param awake replicas in an emergency
     * @param asleep replicas as long as all is well; 1 is a warm pod
     */
    public record Workload(
            String namespace,
            String app,
            String deployment,
            String container,
            String image,
            int port,
            String service,
            int servicePort,
            int awake,
            int asleep) {}

    /**
     * The name that leads clients to the site or to the cloud.
     *
     * @param zone the Cloud DNS managed zone
     * @param record the name, with a dot at its end
     * @param rehearsal the name that stands in for it in a rehearsal, with a dot at its end
     * @param ttlSeconds how long resolvers may keep it
     * @param onPremises the addresses on site, IPv4
     */
    public record PublicName(String zone, String record, String rehearsal, int ttlSeconds, List<String> onPremises) {
        public PublicName {
            onPremises = List.copyOf(onPremises);
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts with the guide's values. Not thread-safe. */
    public static final class Builder {
        private static final Pattern LABEL = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");
        private static final Pattern PROJECT = Pattern.compile("[a-z][a-z0-9-]{4,28}[a-z0-9]");
        private static final Pattern ZONE = Pattern.compile("[a-z]+-[a-z]+\\d+(-[a-z])?");
        private static final Pattern MACHINE = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)+");
        private static final Pattern IMAGE =
                Pattern.compile("[a-z0-9.:/_-]+(:[A-Za-z0-9._-]+)?(@sha256:[0-9a-f]{64})?");
        private static final Pattern DNS_NAME = Pattern.compile("([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\\.){2,}");
        private static final Pattern ADDRESS =
                Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1?\\d?\\d)");

        private final List<String> wrong = new ArrayList<>();
        private String environment = "gcp";
        private String project = "";
        private String zone = "southamerica-east1-a";
        private String cluster = "medical-emergency-cluster";
        private String pool = "default-pool";
        private String machineType = "e2-standard-4";
        private int diskGb = 50;
        private int leastNodes = 1;
        private int mostNodes = 5;
        private int nodes = 2;
        private int sleepingNodes = 1;
        private String namespace = "default";
        private String app = "medical-emergency";
        private String deployment = "medical-emergency-api";
        private String container = "emergency-api";
        private String image = "";
        private int port = 8000;
        private String service = "medical-emergency-service";
        private int servicePort = 80;
        private int replicas = 2;
        private int sleepingReplicas = 1;
        private String dnsZone = "";
        private String dnsRecord = "";
        private String rehearsalRecord = "";
        private int ttlSeconds = 60;
        private final List<String> onPremises = new ArrayList<>();
        private @Nullable String replica;
        private EmergencyMode mode = EmergencyMode.READ_ONLY;
        private int level = 25;
        private Duration callLimit = Duration.ofSeconds(5);

        private Builder() {}

        /** The name by which steps mean the cloud. Default {@code gcp}; no node of the cluster may have it. */
        public Builder environment(String value) {
            this.environment = value;
            return this;
        }

        /** The project's id, such as {@code medical-record-hospital}. Required. */
        public Builder project(String value) {
            this.project = value;
            return this;
        }

        /** The zone, or the region of a regional cluster. Default {@code southamerica-east1-a}. */
        public Builder zone(String value) {
            this.zone = value;
            return this;
        }

        /** The GKE cluster. Default {@code medical-emergency-cluster}. */
        public Builder cluster(String value) {
            this.cluster = value;
            return this;
        }

        /** The node pool. Default {@code default-pool}, as GKE names the first one. */
        public Builder pool(String value) {
            this.pool = value;
            return this;
        }

        /** The kind of machine. Default {@code e2-standard-4}. */
        public Builder machineType(String value) {
            this.machineType = value;
            return this;
        }

        /** A node's disk in GB. Default 50, 10 to 65536. */
        public Builder diskGb(int value) {
            this.diskGb = value;
            return this;
        }

        /** The autoscaler's bounds. Default 1 to 5, within 0 to 1000. It is compared with and never changed: see README. */
        public Builder nodeBounds(int least, int most) {
            this.leastNodes = least;
            this.mostNodes = most;
            return this;
        }

        /** Nodes in an emergency. Default 2; within the bounds. Too few: pods stay pending until the autoscaler adds one. */
        public Builder nodes(int value) {
            this.nodes = value;
            return this;
        }

        /** Nodes as long as all is well. Default 1; within the bounds. 0 costs nothing and 80 to 120 s more in an emergency. */
        public Builder sleepingNodes(int value) {
            this.sleepingNodes = value;
            return this;
        }

        /** The namespace. Default {@code default}. */
        public Builder namespace(String value) {
            this.namespace = value;
            return this;
        }

        /** The pods' label {@code app}. Default {@code medical-emergency}. */
        public Builder app(String value) {
            this.app = value;
            return this;
        }

        /** The Deployment. Default {@code medical-emergency-api}. */
        public Builder deployment(String value) {
            this.deployment = value;
            return this;
        }

        /** The container in it. Default {@code emergency-api}. */
        public Builder container(String value) {
            this.container = value;
            return this;
        }

        /** Its image, best with a digest: {@code latest} may be another one in an emergency than in the rehearsal. Required. */
        public Builder image(String value) {
            this.image = value;
            return this;
        }

        /** Where the application listens. Default 8000. */
        public Builder port(int value) {
            this.port = value;
            return this;
        }

        /** The Service. Default {@code medical-emergency-service}. */
        public Builder service(String value) {
            this.service = value;
            return this;
        }

        /** Where the Service listens. Default 80. */
        public Builder servicePort(int value) {
            this.servicePort = value;
            return this;
        }

        /** Replicas in an emergency. Default 2, 1 to 100. */
        public Builder replicas(int value) {
            this.replicas = value;
            return this;
        }

        /** Replicas as long as all is well. Default 1, a warm pod; 0 costs an image pull and a start more. At most those awake. */
        public Builder sleepingReplicas(int value) {
            this.sleepingReplicas = value;
            return this;
        }

        /** The Cloud DNS managed zone's name. Required. */
        public Builder dnsZone(String value) {
            this.dnsZone = value;
            return this;
        }

        /** The name that clients use, with a dot at its end, such as {@code ehr.hospital.example.}. Required. */
        public Builder dnsRecord(String value) {
            this.dnsRecord = value;
            return this;
        }

        /** The name that a rehearsal switches instead. Required; another one than the record, in the same zone. */
        public Builder rehearsalRecord(String value) {
            this.rehearsalRecord = value;
            return this;
        }

        /** How long resolvers may keep the name. Default 60, 5 to 300: longer is longer until clients have moved. */
        public Builder ttlSeconds(int value) {
            this.ttlSeconds = value;
            return this;
        }

        /** An IPv4 address on site. At least one. A record that holds any other address is not touched. */
        public Builder onPremises(String address) {
            onPremises.add(address);
            return this;
        }

        /** The Cloud SQL replica that may become the primary in a stage of its own. Default none. */
        public Builder replica(String instance) {
            this.replica = instance;
            return this;
        }

        /** What the cloud may do with data. Default READ_ONLY; WRITER is refused, since only the record gives that. */
        public Builder mode(EmergencyMode value) {
            this.mode = value;
            return this;
        }

        /** The functionality level there. Default 25, 0 to 99. */
        public Builder level(int value) {
            this.level = value;
            return this;
        }

        /** How long one call to a service may take. Default 5 s, 100 ms to 30 s: shorter fails on a slow line. */
        public Builder callLimit(Duration value) {
            this.callLimit = value;
            return this;
        }

        /**
         * Checks all settings together.
         *
         * @throws IllegalArgumentException with every violation, one a line
         */
        public GcpSettings build() {
            wrong.clear();
            NodeName target = new NodeName("gcp");
            try {
                target = new NodeName(environment);
            } catch (IllegalArgumentException e) {
                wrong.add("environment: " + e.getMessage());
            }
            form("project", project, PROJECT, "a project id of 6 to 30 of a-z, 0-9 and '-', such as my-hospital");
            form("zone", zone, ZONE, "a zone or region, such as southamerica-east1-a");
            form("cluster", cluster, LABEL, "a cluster's name");
            form("pool", pool, LABEL, "a node pool's name");
            form("machineType", machineType, MACHINE, "a machine type, such as e2-standard-4");
            within("diskGb", diskGb, 10, 65_536);
            within("nodeBounds: least", leastNodes, 0, 1000);
            within("nodeBounds: most", mostNodes, Math.max(1, leastNodes), 1000);
            within("nodes", nodes, Math.max(1, leastNodes), mostNodes);
            within("sleepingNodes", sleepingNodes, leastNodes, nodes);
            form("namespace", namespace, LABEL, "a Kubernetes namespace");
            form("app", app, LABEL, "a label's value");
            form("deployment", deployment, LABEL, "a Deployment's name");
            form("container", container, LABEL, "a container's name");
            form("image", image, IMAGE, "an image, such as gcr.io/my-hospital/emergency-api@sha256:…");
            within("port", port, 1, 65_535);
            form("service", service, LABEL, "a Service's name");
            within("servicePort", servicePort, 1, 65_535);
            within("replicas", replicas, 1, 100);
            within("sleepingReplicas", sleepingReplicas, 0, replicas);
            form("dnsZone", dnsZone, LABEL, "a managed zone's name");
            form("dnsRecord", dnsRecord, DNS_NAME, "a full name with a dot at its end, such as ehr.hospital.example.");
            form(
                    "rehearsalRecord",
                    rehearsalRecord,
                    DNS_NAME,
                    "a full name with a dot at its end, such as ehr-rehearsal.hospital.example.");
            if (!dnsRecord.isEmpty() && dnsRecord.equals(rehearsalRecord)) {
                wrong.add("rehearsalRecord: is the record itself: a rehearsal would move the clients");
            }
            within("ttlSeconds", ttlSeconds, 5, 300);
            addresses();
            if (replica != null) {
                form("replica", replica, LABEL, "a Cloud SQL instance's name");
            }
            if (mode == EmergencyMode.WRITER) {
                wrong.add("mode: WRITER is no setting: only a record that names the environment makes it a writer");
            }
            within("level", level, 0, 99);
            if (callLimit.compareTo(SHORTEST_CALL) < 0 || callLimit.compareTo(LONGEST_CALL) > 0) {
                wrong.add("callLimit: " + callLimit.toMillis() + " ms, must be between " + SHORTEST_CALL.toMillis()
                        + " and " + LONGEST_CALL.toMillis() + " ms");
            }
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException("GCP settings:\n  " + String.join("\n  ", wrong));
            }
            return new GcpSettings(
                    target,
                    new Place(project, zone, cluster),
                    new Pool(pool, machineType, diskGb, leastNodes, mostNodes, nodes, sleepingNodes),
                    new Workload(
                            namespace,
                            app,
                            deployment,
                            container,
                            image,
                            port,
                            service,
                            servicePort,
                            replicas,
                            sleepingReplicas),
                    new PublicName(dnsZone, dnsRecord, rehearsalRecord, ttlSeconds, onPremises),
                    replica,
                    mode,
                    level,
                    callLimit);
        }

        private void addresses() {
            if (onPremises.isEmpty()) {
                wrong.add("onPremises: empty: give the addresses on site that the record holds as long as all is well");
            }
            for (String address : onPremises) {
                if (!ADDRESS.matcher(address).matches()) {
                    wrong.add("onPremises: '" + address + "' is not an IPv4 address");
                }
            }
        }

        private void form(String setting, String value, Pattern pattern, String expected) {
            if (value.isEmpty()) {
                wrong.add(setting + ": missing: give " + expected);
            } else if (!pattern.matcher(value).matches()) {
                wrong.add(setting + ": '" + value + "' is not " + expected);
            }
        }

        private void within(String setting, int value, int least, int most) {
            if (value < least || value > most) {
                wrong.add(setting + ": " + value + ", must be between " + least + " and " + most);
            }
        }
    }
}
