package io.prontuario.ha.gcp;

import com.google.api.services.dns.Dns;
import com.google.api.services.dns.model.Change;
import com.google.api.services.dns.model.ChangesListResponse;
import com.google.api.services.dns.model.ManagedZone;
import com.google.api.services.dns.model.ResourceRecordSet;
import com.google.api.services.dns.model.ResourceRecordSetsListResponse;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Cloud DNS API: one zone, one name at a time, changed only together with what was read of it. */
final class CloudDns {
    private final Google google;
    private final URI root;
    private final String project;
    private final String zone;

    CloudDns(Google google, URI root, GcpSettings settings) {
        this.google = google;
        this.root = root;
        this.project = settings.place().project();
        this.zone = settings.name().zone();
    }

    ManagedZone zone(Deadline deadline) {
        Call call = Call.reading("DNS zone " + zone + " in " + project, "dns.managedZones.get");
        return google.call(call, deadline, () -> client(deadline).managedZones().get(project, zone));
    }

    /** The name's A record; empty when there is none. */
    Optional<ResourceRecordSet> address(String name, Deadline deadline) {
        Call call = Call.reading("A " + name + " in zone " + zone, "dns.resourceRecordSets.list");
        ResourceRecordSetsListResponse found = google.call(
                call,
                deadline,
                () -> client(deadline)
                        .resourceRecordSets()
                        .list(project, zone)
                        .setName(name)
                        .setType("A"));
        return Optional.ofNullable(found.getRrsets()).orElse(List.of()).stream()
                .filter(set -> name.equals(set.getName()) && "A".equals(set.getType()))
                .findFirst();
    }

    /** Whether the zone's last change has not reached its servers yet. */
    boolean pending(Deadline deadline) {
        Call call = Call.reading("the changes of zone " + zone, "dns.changes.list");
        ChangesListResponse last = google.call(
                call,
                deadline,
                () -> client(deadline)
                        .changes()
                        .list(project, zone)
                        .setMaxResults(1)
                        .setSortBy("changeSequence")
                        .setSortOrder("descending"));
        return Optional.ofNullable(last.getChanges()).orElse(List.of()).stream()
                .anyMatch(change -> "pending".equals(change.getStatus()));
    }

    /**
     * Replaces exactly {@code old} by {@code fresh} in one change: a compare-and-set. When {@code old} is no longer there the service
     * answers 412 and nothing is changed.
     */
    void replace(@Nullable ResourceRecordSet old, ResourceRecordSet fresh, Deadline deadline) {
        Call call = Call.changing("A " + fresh.getName() + " in zone " + zone, "dns.changes.create");
        Change change = new Change().setAdditions(List.of(fresh));
        if (old != null) {
            change.setDeletions(List.of(old));
        }
        google.call(call, deadline, () -> client(deadline).changes().create(project, zone, change));
    }

    private Dns client(Deadline deadline) {
        return google.client(Dns.Builder::new, root, deadline).build();
    }
}
