package io.prontuario.ha.gcp;

import com.google.api.services.container.Container;
import com.google.api.services.container.model.Cluster;
import com.google.api.services.container.model.ListOperationsResponse;
import com.google.api.services.container.model.NodePool;
import com.google.api.services.container.model.Operation;
import com.google.api.services.container.model.SetNodePoolSizeRequest;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The GKE API: the cluster, its node pool, the operations on it. */
final class Gke {
    private final Google google;
    private final URI root;
    private final GcpSettings.Place place;
    private final GcpSettings.Pool pool;
    private final String parent;

    Gke(Google google, URI root, GcpSettings settings) {
        this.google = google;
        this.root = root;
        this.place = settings.place();
        this.pool = settings.pool();
        this.parent = "projects/" + place.project() + "/locations/" + place.zone();
    }

    Cluster cluster(Deadline deadline) {
        Call call = Call.reading(
                "cluster " + place.cluster() + " in " + place.project() + "/" + place.zone(), "container.clusters.get");
        return google.call(
                call,
                deadline,
                () -> client(deadline).projects().locations().clusters().get(parent + "/clusters/" + place.cluster()));
    }

    NodePool pool(Deadline deadline) {
        Call call = Call.reading(pool(), "container.clusters.get");
        return google.call(
                call,
                deadline,
                () -> client(deadline)
                        .projects()
                        .locations()
                        .clusters()
                        .nodePools()
                        .get(poolName()));
    }

    Operation resize(int nodes, Deadline deadline) {
        Call call = Call.changing(pool() + " to " + nodes + " nodes", "container.clusters.update");
        return google.call(
                call,
                deadline,
                () -> client(deadline)
                        .projects()
                        .locations()
                        .clusters()
                        .nodePools()
                        .setSize(poolName(), new SetNodePoolSizeRequest().setNodeCount(nodes)));
    }

    Operation operation(String id, Deadline deadline) {
        Call call = Call.reading("operation " + id, "container.operations.get");
        return google.call(
                call,
                deadline,
                () -> client(deadline).projects().locations().operations().get(parent + "/operations/" + id));
    }

    /** An operation on the pool that has not ended, whoever began it. */
    Optional<Operation> running(Deadline deadline) {
        Call call = Call.reading("the operations in " + place.zone(), "container.operations.list");
        ListOperationsResponse all = google.call(
                call,
                deadline,
                () -> client(deadline).projects().locations().operations().list(parent));
        String target = "/clusters/" + place.cluster() + "/nodePools/" + pool.name();
        return Optional.ofNullable(all.getOperations()).orElse(List.of()).stream()
                .filter(operation -> !"DONE".equals(operation.getStatus()))
                .filter(operation ->
                        Objects.toString(operation.getTargetLink(), "").endsWith(target))
                .findFirst();
    }

    private Container client(Deadline deadline) {
        return google.client(Container.Builder::new, root, deadline).build();
    }

    private String poolName() {
        return parent + "/clusters/" + place.cluster() + "/nodePools/" + pool.name();
    }

    private String pool() {
        return "node pool " + pool.name() + " of " + place.cluster();
    }
}
