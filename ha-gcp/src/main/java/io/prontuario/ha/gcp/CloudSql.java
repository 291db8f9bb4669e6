package io.prontuario.ha.gcp;

import com.google.api.services.sqladmin.SQLAdmin;
import com.google.api.services.sqladmin.model.DatabaseInstance;
import com.google.api.services.sqladmin.model.Operation;
import java.net.URI;

/** The Cloud SQL admin API: one replica. */
final class CloudSql {
    private final Google google;
    private final URI root;
    private final String project;

    CloudSql(Google google, URI root, GcpSettings settings) {
        this.google = google;
        this.root = root;
        this.project = settings.place().project();
    }

    DatabaseInstance instance(String name, Deadline deadline) {
        Call call = Call.reading("Cloud SQL instance " + name, "cloudsql.instances.get");
        return google.call(call, deadline, () -> client(deadline).instances().get(project, name));
    }

    Operation promote(String name, Deadline deadline) {
        Call call = Call.changing("promotion of Cloud SQL replica " + name, "cloudsql.instances.promoteReplica");
        return google.call(call, deadline, () -> client(deadline).instances().promoteReplica(project, name));
    }

    Operation operation(String id, Deadline deadline) {
        Call call = Call.reading("Cloud SQL operation " + id, "cloudsql.instances.get");
        return google.call(call, deadline, () -> client(deadline).operations().get(project, id));
    }

    private SQLAdmin client(Deadline deadline) {
        return google.client(SQLAdmin.Builder::new, root, deadline).build();
    }
}
