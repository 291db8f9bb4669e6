package io.prontuario.ha.gcp;

import com.google.api.services.container.model.Cluster;
import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.Objects;

/** The cluster is there and can be worked with. */
record ClusterStage(Gke gke) implements Stage {
    private static final Duration AGAIN = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public Outcome run(Deadline deadline, String memo) {
        Cluster cluster = gke.cluster(deadline);
        String status = Objects.toString(cluster.getStatus(), "");
        String said = cluster.getName() + " is " + status
                + (cluster.getStatusMessage() == null ? "" : " (" + Failures.cut(cluster.getStatusMessage()) + ")");
        // Google's words; new ones may come (GKE REST reference, v1, projects.locations.clusters, Status).
        return switch (status) {
            case "RUNNING", "RECONCILING" -> Outcome.alreadySo(said);
            // Something of it is broken, and it is the only one there is: the stages after this say what works.
            case "DEGRADED" -> Outcome.alreadySo(said + ": going on with what works");
            case "PROVISIONING" -> Outcome.inProgress(said, AGAIN);
            case "STOPPING", "ERROR" -> Outcome.refused(said + ": create it anew from what 'ha gcp render' writes");
            default -> Outcome.retry(said + ", which is not known here", AGAIN);
        };
    }
}
