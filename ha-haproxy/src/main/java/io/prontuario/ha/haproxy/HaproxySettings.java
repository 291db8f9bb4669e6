package io.prontuario.ha.haproxy;

import io.prontuario.ha.model.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the HAProxy strategy needs to know.
 *
 * @param proxies the runtime API of every proxy in front of the servers
 * @param backend the backend that holds the servers, the same in every proxy
 * @param servers the name of each node's server in that backend
 * @param limit how long one command line may take
 */
public record HaproxySettings(
        List<RuntimeAddress> proxies, String backend, Map<NodeName, String> servers, Duration limit) {
    public HaproxySettings {
        proxies = List.copyOf(proxies);
        servers = Map.copyOf(servers);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Not thread-safe. */
    public static final class Builder {
        private final List<String> proxies = new ArrayList<>();
        private final Map<NodeName, String> servers = new LinkedHashMap<>();
        private String backend = "";
        private Duration limit = Duration.ofMillis(500);

        /** A proxy's runtime API, {@code unix:/path} or {@code tcp:host:port}. At least one. */
        public Builder proxy(String address) {
            proxies.add(address);
            return this;
        }

        /** The backend. Required. */
        public Builder backend(String name) {
            this.backend = name;
            return this;
        }

        /** A node's server in the backend. At least one. */
        public Builder server(NodeName node, String name) {
            servers.put(node, name);
            return this;
        }

        /** How long one command line may take. Default 500 ms, 10 ms to 60 s: shorter fails on a busy machine, longer delays a failover when a proxy is away. */
        public Builder limit(Duration value) {
            this.limit = value;
            return this;
        }

        /**
         * Checks all settings together.
         *
         * @throws IllegalArgumentException with every violation, one a line
         */
        public HaproxySettings build() {
            List<String> wrong = new ArrayList<>();
            List<RuntimeAddress> addresses = new ArrayList<>();
            if (proxies.isEmpty()) {
                wrong.add("proxies: empty: give the runtime API of each proxy, such as unix:/run/haproxy/admin.sock");
            }
            for (String proxy : proxies) {
                try {
                    addresses.add(new RuntimeAddress(proxy));
                } catch (IllegalArgumentException e) {
                    wrong.add("proxies: " + e.getMessage());
                }
            }
            if (!backend.matches("[A-Za-z0-9_.:-]+")) {
                wrong.add("backend: '" + backend + "' is not a backend name");
            }
            if (servers.isEmpty()) {
                wrong.add("servers: empty: give the name of each node's server in the backend");
            }
            servers.forEach((node, name) -> {
                if (!name.matches("[A-Za-z0-9_.:-]+")) {
                    wrong.add("servers: '" + name + "' of " + node + " is not a server name");
                }
            });
            if (limit.compareTo(Duration.ofMillis(10)) < 0 || limit.compareTo(Duration.ofSeconds(60)) > 0) {
                wrong.add("limit: " + limit.toMillis() + " ms, must be between 10 and 60000 ms");
            }
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException("HAProxy settings:\n  " + String.join("\n  ", wrong));
            }
            return new HaproxySettings(addresses, backend, servers, limit);
        }
    }
}
