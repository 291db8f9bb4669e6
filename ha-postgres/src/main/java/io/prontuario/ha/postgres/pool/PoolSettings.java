package io.prontuario.ha.postgres.pool;

import com.zaxxer.hikari.HikariConfig;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.postgres.PostgresAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;

/**
 * How a {@link FailoverDataSource} connects and how long it waits.
 *
 * @param servers where each data node's server listens
 * @param database the database
 * @param user the application's role; it needs no rights beyond its own tables
 * @param password empty where the server trusts the address
 * @param size how many connections at most; default 10
 * @param patience how long a borrower waits in all, for a connection or for a primary; default 30 s, at least 250 ms
 * @param holdLimit how long a borrower is held during a planned switchover before it fails; default 10 s
 * @param staleness how old the rows of a standby may be that {@link FailoverDataSource#reads} leads to; default 1 s, at least 100 ms
 * @param properties of the driver; what is set here wins over what this class sets
 * @param hikari told the pool's configuration last, to change it
 */
public record PoolSettings(
        Map<NodeName, PostgresAddress> servers,
        String database,
        String user,
        String password,
        int size,
        Duration patience,
        Duration holdLimit,
        Duration staleness,
        Properties properties,
        Consumer<HikariConfig> hikari) {

    public PoolSettings {
        servers = Map.copyOf(servers);
    }

    private static final Duration LEAST_STALENESS = Duration.ofMillis(100);

    /** Begins without servers, with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String toString() {
        return user + " on " + database + " at " + servers + ", at most " + size;
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private final Map<NodeName, PostgresAddress> servers = new LinkedHashMap<>();
        private String database = "";
        private String user = "";
        private String password = "";
        private int size = 10;
        private Duration patience = Duration.ofSeconds(30);
        private Duration holdLimit = Duration.ofSeconds(10);
        private Duration staleness = Duration.ofSeconds(1);
        private final Properties properties = new Properties();
        private Consumer<HikariConfig> hikari = configuration -> {};

        private Builder() {
            // A server that is away is noticed while connecting; a host that falls silent in the middle of an answer is
            // given up for good after minutes, and long before when the cluster has another primary.
            properties.setProperty("connectTimeout", "2");
            properties.setProperty("socketTimeout", "300");
            properties.setProperty("tcpKeepAlive", "true");
        }

        /** Where a node's server listens. Required for each data node. */
        public Builder server(NodeName node, PostgresAddress address) {
            servers.put(node, address);
            return this;
        }

        /** The database. Required. */
        public Builder database(String name) {
            this.database = name;
            return this;
        }

        /** The application's role. Required. */
        public Builder user(String name) {
            this.user = name;
            return this;
        }

        /** Its password. */
        public Builder password(String value) {
            this.password = value;
            return this;
        }

        /** How many connections at most. */
        public Builder size(int connections) {
            this.size = connections;
            return this;
        }

        /** How long a borrower waits in all. */
        public Builder patience(Duration limit) {
            this.patience = limit;
            return this;
        }

        /** How long a borrower is held during a planned switchover. */
        public Builder holdLimit(Duration limit) {
            this.holdLimit = limit;
            return this;
        }

        /** How old the rows of a standby may be that is read from. */
        public Builder staleness(Duration bound) {
            this.staleness = bound;
            return this;
        }

        /** A property of the driver. */
        public Builder property(String key, String value) {
            properties.setProperty(key, value);
            return this;
        }

        /** Told the pool's configuration last, to change it; its data source and time-outs are set here. */
        public Builder hikari(Consumer<HikariConfig> change) {
            this.hikari = change;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException with every violation, one a line
         */
        public PoolSettings build() {
            List<String> wrong = new ArrayList<>();
            if (servers.isEmpty()) {
                wrong.add("server: none is given: add one for each data node");
            }
            if (database.isEmpty()) {
                wrong.add("database: missing");
            }
            if (user.isEmpty()) {
                wrong.add("user: missing");
            }
            if (size < 1) {
                wrong.add("size: " + size + ", must be at least 1");
            }
            if (patience.toMillis() < EpochPool.SLICE.toMillis()) {
                wrong.add("patience: " + patience.toMillis() + " ms, must be at least " + EpochPool.SLICE.toMillis()
                        + " ms");
            }
            if (holdLimit.isNegative() || holdLimit.isZero()) {
                wrong.add("holdLimit: " + holdLimit.toMillis() + " ms, must be positive");
            }
            if (staleness.compareTo(LEAST_STALENESS) < 0) {
                wrong.add("staleness: " + staleness.toMillis() + " ms, must be at least " + LEAST_STALENESS.toMillis()
                        + " ms");
            }
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException("this pool cannot be made:\n  " + String.join("\n  ", wrong));
            }
            Properties all = new Properties();
            all.putAll(properties);
            all.setProperty("user", user);
            if (!password.isEmpty()) {
                all.setProperty("password", password);
            }
            return new PoolSettings(
                    servers, database, user, password, size, patience, holdLimit, staleness, all, hikari);
        }
    }
}
