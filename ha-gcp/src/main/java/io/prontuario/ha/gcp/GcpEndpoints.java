package io.prontuario.ha.gcp;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the services answer; Google's own, or doubles on loopback.
 *
 * @param container the GKE API
 * @param dns the Cloud DNS API
 * @param sql the Cloud SQL admin API
 * @param kubernetes the cluster's API server; null: as the GKE API says
 * @param nameServers {@code host:port} of the servers that are asked whether a name has changed; empty: those of the zone
 */
record GcpEndpoints(
        URI container, URI dns, URI sql, @Nullable URI kubernetes, List<String> nameServers) {
    static final GcpEndpoints GOOGLE = new GcpEndpoints(
            URI.create("https://container.googleapis.com/"),
            URI.create("https://dns.googleapis.com/"),
            URI.create("https://sqladmin.googleapis.com/"),
            null,
            List.of());

    GcpEndpoints {
        nameServers = List.copyOf(nameServers);
    }
}
