package io.prontuario.ha.gcp;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the services answer; Google's own, or doubles on loopback.
 *
 * @param container the GKE API
 * @param dns the Cloud DNS API
 * @param sql the Cloud SQL admin API
 * @param kubernetes the cluster's API server; null: as the GKE API says
 * @param credentials a key file; null: the Application Default Credentials
 * @param nameServers {@code host:port} of the servers that are asked whether a name has changed; empty: those of the zone
 */
public record GcpEndpoints(
        URI container,
        URI dns,
        URI sql,
        @Nullable URI kubernetes,
        List<String> nameServers,
        @Nullable Path credentials) {
    /** Google's own, with the Application Default Credentials. */
    public static final GcpEndpoints GOOGLE = new GcpEndpoints(
            URI.create("https://container.googleapis.com/"),
            URI.create("https://dns.googleapis.com/"),
            URI.create("https://sqladmin.googleapis.com/"),
            null,
            List.of(),
            null);

    public GcpEndpoints {
        nameServers = List.copyOf(nameServers);
    }

    /** The same, with the account of this key file instead of the Application Default Credentials. */
    public GcpEndpoints withCredentials(Path keyFile) {
        return new GcpEndpoints(container, dns, sql, kubernetes, nameServers, keyFile);
    }
}
