package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.postgres.PostgresAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to the server that is to become primary, opened before anybody is held: a server makes a process for each, and the first
 * borrowers would wait for them one after the other (HikariCP opens one at a time).
 *
 * <p>They survive a promotion, and are worth nothing before it: whoever takes one asks its server what it is, as with any other.
 */
final class Expected {
    private static final Logger LOG = LoggerFactory.getLogger(Expected.class);

    private final PostgresAddress address;
    private final String url;
    private final Properties properties;
    private final Queue<Connection> ready = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    Expected(PostgresAddress address, PoolSettings settings) {
        this.address = address;
        this.url = "jdbc:postgresql://" + address + "/" + settings.database();
        this.properties = settings.properties();
    }

    /** Opens so many, and no more once it is over or one fails: then they are opened when they are needed. */
    void open(int connections) {
        for (int i = 0; i < connections && !over; i++) {
            try {
                Connection one = new Driver().connect(url, properties);
                if (one == null) {
                    return;
                }
                ready.add(one);
                if (over) {
                    end();
                }
            } catch (SQLException e) {
                LOG.debug("no connection to {} could be opened in advance: {}", address, e.toString());
                return;
            }
        }
    }

    /** Whether it is for this address, and not over. */
    boolean isFor(PostgresAddress wanted) {
        return !over && wanted.equals(address);
    }

    /** One to this address; null when there is none. Whoever takes it closes it. */
    static @Nullable Connection take(@Nullable Expected from, PostgresAddress wanted) {
        return from == null || !wanted.equals(from.address) ? null : from.ready.poll();
    }

    /** Closes what nobody has taken. */
    void end() {
        over = true;
        for (Connection one = ready.poll(); one != null; one = ready.poll()) {
            close(one);
        }
    }

    static void close(Connection one) {
        try {
            one.close();
        } catch (SQLException e) {
            LOG.debug("already broken: {}", e.toString());
        }
    }
}
