package io.prontuario.ha.postgres;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether what lies in the stopped directory of the record's primary may go on as the primary. A copy id tells one copy from another, and
 * not a copy from its own past: a directory that was put back from a snapshot of itself bears it too, and started in place it would go on
 * without commits that were acknowledged since. A certified standby has them.
 *
 * <p>A standby that does not answer holds nothing up, nor does a log whose end cannot be read.
 */
final class RightfulStart {
    private static final Logger LOG = LoggerFactory.getLogger(RightfulStart.class);
    private static final Duration ASK = Duration.ofMillis(500);
    private static final Duration READ_LOG = Duration.ofSeconds(10);

    private final Map<NodeName, PostgresAddress> servers;
    private final Credentials credentials;
    private final Rejoin log;

    RightfulStart(Map<NodeName, PostgresAddress> servers, Credentials credentials, Rejoin log) {
        this.servers = servers;
        this.credentials = credentials;
        this.log = log;
    }

    /** Why it may not; empty when nothing speaks against it. */
    Optional<String> refusal(ClusterState state) {
        for (Copy copy : state.inSync()) {
            PostgresAddress address = servers.get(copy.node());
            OptionalLong replayed =
                    address == null ? OptionalLong.empty() : replayed(address, state.systemIdentifier());
            // Reading the log may take a while, so only when there is something to compare it with.
            OptionalLong end = replayed.isEmpty() ? OptionalLong.empty() : log.logEndsBefore(READ_LOG);
            if (end.isPresent() && replayed.getAsLong() > end.getAsLong()) {
                return Optional.of(copy + " is certified and has replayed the log up to "
                        + TimelineHistory.text(replayed.getAsLong()) + ", and the log here ends before "
                        + TimelineHistory.text(end.getAsLong())
                        + ": this directory is older than what was acknowledged. Put the right one back, or let "
                        + copy.node() + " take over");
            }
        }
        return Optional.empty();
    }

    /**
     * What it has replayed, not what it has received: that may end within a record which its primary has flushed in part and lost in a
     * crash. A primary that stands there has another timeline, which the record will tell of.
     */
    private OptionalLong replayed(PostgresAddress address, String systemIdentifier) {
        try (Connection connection = Sql.connect(address, credentials, ASK)) {
            connection.setNetworkTimeout(Runnable::run, (int) ASK.toMillis());
            String position = Sql.value(
                    connection,
                    "select case when pg_is_in_recovery() then pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') end"
                            + " from pg_control_system() where system_identifier = ?::bigint",
                    systemIdentifier);
            return position == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(position));
        } catch (SQLException e) {
            LOG.debug("{} does not say what it holds: {}", address, e.getMessage());
            return OptionalLong.empty();
        }
    }
}
