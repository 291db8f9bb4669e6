package io.prontuario.ha.haproxy;

import io.prontuario.ha.model.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the HAProxy strategy needs to know.
 *
 * @param proxies the runtime API of every proxy in front of the servers
 * @param masters the master socket of those proxies that have one
 * @param backend the backend that holds the servers, the same in every proxy
 * @param servers the name of each node's server in that backend
 * @param limit how long one proxy may take to be brought in line, all commands of it together
 * @param checkInterval the interval of the proxies' checks; zero: their checks are not read
 */
public record HaproxySettings(
        List<RuntimeAddress> proxies,
        Map<RuntimeAddress, RuntimeAddress> masters,
        String backend,
        Map<NodeName, String> servers,
        Duration limit,
        Duration checkInterval) {
    private static final Duration SHORTEST_LIMIT = Duration.ofMillis(10);
    /** What the engine gives a step. */
    static final Duration LONGEST_LIMIT = Duration.ofSeconds(2);

    private static final Duration SHORTEST_CHECK = Duration.ofMillis(10);
    private static final Duration LONGEST_CHECK = Duration.ofSeconds(60);

    public HaproxySettings {
        proxies = List.copyOf(proxies);
        masters = Map.copyOf(masters);
        servers = Map.copyOf(servers);
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts with a limit of 500 ms, a check interval of 200 ms and nothing else. Not thread-safe.
     */
    public static final class Builder {
        private final List<String> proxies = new ArrayList<>();
        private final Map<String, String> masters = new LinkedHashMap<>();
        private final List<Map.Entry<NodeName, String>> servers = new ArrayList<>();
        private String backend = "";
        private Duration limit = Duration.ofMillis(500);
        private Duration checkInterval = HaproxyConfiguration.CHECK_INTERVAL;

        /** A proxy's runtime API, {@code unix:/path} or {@code tcp:host:port}. At least one. */
        public Builder proxy(String address) {
            proxies.add(address);
            return this;
        }

        /**
         * The master socket ({@code haproxy -W -S …}) of a proxy named before, so that sessions which a reload left in old workers are
         * ended too. Default none: they live on until they end by themselves.
         */
        public Builder master(String proxy, String address) {
            masters.put(proxy, address);
            return this;
        }

        /** The backend. Required. */
        public Builder backend(String name) {
            this.backend = name;
            return this;
        }

        /** A node's server in the backend. At least one. */
        public Builder server(NodeName node, String name) {
            servers.add(Map.entry(node, name));
            return this;
        }

        /**
         * How long one proxy may take to be brought in line. Default 500 ms, 10 ms to 2 s: shorter fails on a busy machine, longer lets
         * a proxy that hangs hold up the end of a failover for so long (never the other proxies).
         */
        public Builder limit(Duration value) {
            this.limit = value;
            return this;
        }

        /**
         * The longest {@code inter} (or {@code downinter}, {@code fastinter}) of the servers' checks in the proxies' configuration, by
         * which is told how old a check's result may be. Default 200 ms, 10 ms to 60 s, or zero for not reading the checks. Shorter than
         * it really is: an old success passes for a fresh one, and a failover waits for the check to fail. Longer: the checks are no veto.
         */
        public Builder checkInterval(Duration value) {
            this.checkInterval = value;
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
                address("proxies", proxy, wrong).ifPresent(address -> {
                    if (addresses.contains(address)) {
                        wrong.add("proxies: '" + proxy + "' is named twice");
                    }
                    addresses.add(address);
                });
            }
            Map<RuntimeAddress, RuntimeAddress> ofProxies = masters(addresses, wrong);
            if (!HaproxyConfiguration.isName(backend)) {
                wrong.add("backend: '" + backend + "' is not a backend name");
            }
            Map<NodeName, String> ofNodes = servers(wrong);
            within("limit", limit, SHORTEST_LIMIT, LONGEST_LIMIT, wrong);
            if (!checkInterval.isZero()) {
                within("checkInterval", checkInterval, SHORTEST_CHECK, LONGEST_CHECK, wrong);
            }
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException("HAProxy settings:\n  " + String.join("\n  ", wrong));
            }
            return new HaproxySettings(addresses, ofProxies, backend, ofNodes, limit, checkInterval);
        }

        private static Optional<RuntimeAddress> address(String setting, String text, List<String> wrong) {
            try {
                return Optional.of(new RuntimeAddress(text));
            } catch (IllegalArgumentException e) {
                wrong.add(setting + ": " + e.getMessage());
                return Optional.empty();
            }
        }

        private Map<RuntimeAddress, RuntimeAddress> masters(List<RuntimeAddress> known, List<String> wrong) {
            Map<RuntimeAddress, RuntimeAddress> all = new LinkedHashMap<>();
            masters.forEach((proxy, master) -> {
                if (known.stream().noneMatch(address -> address.text().equals(proxy))) {
                    wrong.add("masters: '" + proxy + "' is none of the proxies");
                } else {
                    address("masters", master, wrong).ifPresent(address -> all.put(new RuntimeAddress(proxy), address));
                }
            });
            return all;
        }

        private Map<NodeName, String> servers(List<String> wrong) {
            Map<NodeName, String> all = new LinkedHashMap<>();
            if (servers.isEmpty()) {
                wrong.add("servers: empty: give the name of each node's server in the backend");
            }
            servers.forEach(entry -> {
                NodeName node = entry.getKey();
                String name = entry.getValue();
                if (!HaproxyConfiguration.isName(name)) {
                    wrong.add("servers: '" + name + "' of " + node + " is not a server name");
                }
                if (all.containsValue(name)) {
                    wrong.add("servers: '" + name + "' is given to " + node + " and to another node");
                }
                if (all.put(node, name) != null) {
                    wrong.add("servers: " + node + " has two servers");
                }
            });
            return all;
        }

        private static void within(String setting, Duration value, Duration least, Duration most, List<String> wrong) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                wrong.add(setting + ": " + value.toMillis() + " ms, must be between " + least.toMillis() + " and "
                        + most.toMillis() + " ms");
            }
        }
    }
}
