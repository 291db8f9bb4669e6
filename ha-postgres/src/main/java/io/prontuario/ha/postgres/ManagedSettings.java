package io.prontuario.ha.postgres;

import java.util.List;

/**
 * The settings that every server of the cluster needs, written once at initdb and copied to standbys with the data.
 *
 * @param networks the address ranges that may connect, for clients and replication, such as {@code 192.0.2.0/24}
 * @param extra further lines for {@code postgresql.conf}, the host's own
 */
public record ManagedSettings(List<String> networks, List<String> extra) {
    public ManagedSettings {
        networks = List.copyOf(networks);
        extra = List.copyOf(extra);
    }

    String configuration() {
        return String.join(
                "\n",
                "",
                "# Prontuário HA: what replication and takeover rest on.",
                "wal_level = replica",
                "max_wal_senders = 16",
                "max_replication_slots = 16",
                "superuser_reserved_connections = 10",
                "hot_standby = on",
                "hot_standby_feedback = on",
                "wal_log_hints = on",
                "full_page_writes = on",
                "fsync = on",
                "synchronous_commit = on",
                "wal_keep_size = 512MB",
                "# A promotion right after the primary's death may wait for the receiver's next try; the default is 5 s.",
                "wal_retrieve_retry_interval = 50ms",
                "wal_receiver_timeout = 5s",
                "wal_sender_timeout = 5s",
                "wal_receiver_status_interval = 1s",
                "# Restart in place is the agent's decision: recovery makes waiting commits visible.",
                "restart_after_crash = off",
                "tcp_keepalives_idle = 5",
                "tcp_keepalives_interval = 1",
                "tcp_keepalives_count = 3",
                "log_line_prefix = '%m [%p] %a '",
                String.join("\n", extra),
                "");
    }

    /** Where certificates are checked, nobody comes in without TLS. */
    String hostBasedAccess(Credentials agents) {
        String method = agents.password().isEmpty() ? "trust" : "scram-sha-256";
        String host = agents.authorities() == null ? "host" : "hostssl";
        StringBuilder text = new StringBuilder("# Prontuário HA\nlocal all all " + method + "\n");
        for (String network : networks) {
            text.append(host)
                    .append(" all all ")
                    .append(network)
                    .append(' ')
                    .append(method)
                    .append('\n');
            text.append(host)
                    .append(" replication ")
                    .append(agents.user())
                    .append(' ')
                    .append(network)
                    .append(' ')
                    .append(method)
                    .append('\n');
        }
        return text.toString();
    }
}
