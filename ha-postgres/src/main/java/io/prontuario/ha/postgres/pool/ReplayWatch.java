package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a primary and its standby again and again how far they are, over a connection of its own to each. */
final class ReplayWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplayWatch.class);
    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final int LOOKS_A_BOUND = 4;
    private static final String PRIMARY =
            "select pg_current_wal_flush_lsn() - '0/0'::pg_lsn where not pg_is_in_recovery()";
    private static final String STANDBY = "select pg_last_wal_replay_lsn() - '0/0'::pg_lsn where pg_is_in_recovery()";

    private final Freshness freshness;
    private final Ticker ticker;
    private final Session primary;
    private final Session standby;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "prontuario-replay-watch");
        made.setDaemon(true);
        return made;
    });

    ReplayWatch(
            PostgresAddress primary,
            PostgresAddress standby,
            PoolSettings settings,
            Freshness freshness,
            Ticker ticker) {
        this.freshness = freshness;
        this.ticker = ticker;
        this.primary = new Session(primary, settings);
        this.standby = new Session(standby, settings);
        Duration wanted = settings.staleness().dividedBy(LOOKS_A_BOUND);
        long pause = Math.min(Math.max(wanted.toNanos(), SHORTEST.toNanos()), LONGEST.toNanos());
        thread.scheduleWithFixedDelay(this::look, 0, pause, TimeUnit.NANOSECONDS);
    }

    /** What cannot be asked grows old, and is not used then. */
    private void look() {
        try {
            long before = ticker.nanos();
            freshness.primaryAt(primary.ask(PRIMARY), before);
            freshness.standbyAt(standby.ask(STANDBY));
        } catch (SQLException e) {
            LOG.debug("how far the standby is cannot be asked: {}", e.toString());
            primary.end();
            standby.end();
        }
    }

    private static final class Session {
        private final String url;
        private final Properties properties = new Properties();
        private @Nullable Connection connection;

        Session(PostgresAddress address, PoolSettings settings) {
            url = "jdbc:postgresql://" + address + "/" + settings.database();
            properties.putAll(settings.properties());
            // A host that is silent must not keep the watch from seeing that nothing is known any more.
            properties.setProperty("socketTimeout", "5");
        }

        long ask(String question) throws SQLException {
            Connection present = connection;
            if (present == null) {
                present = new Driver().connect(url, properties);
                connection = present;
            }
            if (present == null) {
                throw new SQLException("the driver does not understand " + url);
            }
            try (Statement statement = present.createStatement();
                    ResultSet row = statement.executeQuery(question)) {
                if (!row.next()) {
                    throw new SQLException(url + " has changed its role");
                }
                return row.getLong(1);
            }
        }

        void end() {
            Connection last = connection;
            connection = null;
            if (last != null) {
                try {
                    last.close();
                } catch (SQLException e) {
                    LOG.debug("already broken: {}", e.toString());
                }
            }
        }
    }

    @Override
    public void close() {
        thread.execute(() -> {
            primary.end();
            standby.end();
        });
        thread.shutdown();
    }
}
