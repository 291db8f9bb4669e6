package io.prontuario.ha.postgres;

import io.prontuario.ha.model.NodeName;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the PostgreSQL strategy of one node needs to know.
 *
 * @param self the node it runs on
 * @param servers where each data node's server listens, this one's included
 * @param binaries the folder of the server programs; null on a witness
 * @param data the data directory; null on a witness
 * @param account the account to run the server under when this process is root; empty otherwise
 * @param credentials as whom the agents connect, the same on all servers
 * @param managed the servers' own settings
 */
public record PostgresSettings(
        NodeName self,
        Map<NodeName, PostgresAddress> servers,
        @Nullable Path binaries,
        @Nullable Path data,
        String account,
        Credentials credentials,
        ManagedSettings managed) {

    public PostgresSettings {
        servers = Map.copyOf(servers);
    }

    /** Whether this node has a server of its own. */
    public boolean hasServer() {
        return data != null;
    }

    /**
     * A connection to that node's server as the agents make them, for tools that look at it.
     *
     * @param limit for connecting and for each answer, rounded up to seconds
     * @throws SQLException when it is not reached, or refuses
     */
    public Connection connect(NodeName node, Duration limit) throws SQLException {
        PostgresAddress address = servers.get(node);
        if (address == null) {
            throw new SQLException("there is no server of " + node + " among " + servers.keySet());
        }
        return Sql.connect(address, credentials, limit);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Not thread-safe. */
    public static final class Builder {
        private @Nullable NodeName self;
        private final Map<NodeName, PostgresAddress> servers = new LinkedHashMap<>();
        private @Nullable Path binaries;
        private @Nullable Path data;
        private String account = "";
        private String user = "postgres";
        private String password = "";
        private @Nullable Path authorities;
        private List<String> networks = List.of("127.0.0.1/32");
        private List<String> extra = List.of();

        /** This node. Required. */
        public Builder self(NodeName name) {
            this.self = name;
            return this;
        }

        /** Where a data node's server listens. At least one; on a data node its own too. */
        public Builder server(NodeName node, PostgresAddress address) {
            servers.put(node, address);
            return this;
        }

        /** The folder with {@code initdb}, {@code pg_ctl} …; if not invoked, the newest found in the usual places. */
        public Builder binaries(Path folder) {
            this.binaries = folder;
            return this;
        }

        /** The data directory. If not invoked this node is a witness. */
        public Builder data(Path folder) {
            this.data = folder;
            return this;
        }

        /** The unprivileged account to run the server under. Only when this process is root; if not invoked, this process's own. */
        public Builder account(String name) {
            this.account = name;
            return this;
        }

        /** A superuser, or, once there are servers, a role with the rights of {@link AgentGrants}. Default {@code postgres}. */
        public Builder user(String name) {
            this.user = name;
            return this;
        }

        /** Its password. If not invoked, the servers must trust their networks, which only loopback deserves. */
        public Builder password(String secret) {
            this.password = secret;
            return this;
        }

        /**
         * Only servers whose certificate one of these authorities has signed for the address are talked to, by agents, standbys and copies
         * ({@code sslmode=verify-full}), and servers made from now on let nobody in without TLS. A file with their certificates, PEM, without blanks in
         * its name, that the servers' account may read. The servers need {@code ssl = on} and their certificates among
         * {@link #extraSettings}. If not invoked, certificates are not looked at.
         */
        public Builder rootCertificate(Path certificates) {
            this.authorities = certificates;
            return this;
        }

        /** Address ranges that may connect, written at initdb. Default loopback. */
        public Builder networks(List<String> ranges) {
            this.networks = ranges;
            return this;
        }

        /**
         * The host's own settings, each a line such as {@code max_connections = 300}. Written at initdb; when they differ from the server's
         * later, the agent brings them into its {@code postgresql.auto.conf}. What is taken out again stays there until a person resets it.
         */
        public Builder extraSettings(List<String> lines) {
            this.extra = lines;
            return this;
        }

        /**
         * Checks all settings together.
         *
         * @throws IllegalArgumentException with every violation, one a line
         */
        public PostgresSettings build() {
            List<String> wrong = new ArrayList<>();
            NodeName name = self;
            if (name == null) {
                wrong.add("self: missing: the name of this node");
            }
            if (servers.isEmpty()) {
                wrong.add("servers: empty: give the address of each data node's server");
            } else if (data != null && name != null && !servers.containsKey(name)) {
                wrong.add("servers: no address for this node, " + name + ": add it");
            }
            if (data != null && !data.isAbsolute()) {
                wrong.add("data: " + data + " is relative: give an absolute path");
            }
            if (user.isEmpty() || user.contains(" ")) {
                wrong.add("user: '" + user + "' is not a role name");
            }
            if (password.isEmpty()
                    && networks.stream().anyMatch(range -> !range.startsWith("127.") && !range.startsWith("::1"))) {
                wrong.add("password: missing although networks " + networks + " go beyond loopback: set one");
            }
            if (authorities != null
                    && !(authorities.isAbsolute() && authorities.toString().matches("[^\\s'\"\\\\]+"))) {
                wrong.add("rootCertificate: '" + authorities
                        + "' must be an absolute path without blanks, quotes and '\\'");
            }
            ManagedSettings managed = new ManagedSettings(networks, extra);
            wrong.addAll(managed.violations());
            if (!wrong.isEmpty() || name == null) {
                throw new IllegalArgumentException("PostgreSQL settings:\n  " + String.join("\n  ", wrong));
            }
            return new PostgresSettings(
                    name, servers, binaries, data, account, new Credentials(user, password, authorities), managed);
        }
    }
}
