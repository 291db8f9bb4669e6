package io.prontuario.ha.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings that every server of the cluster needs, written once at initdb and copied to standbys with the data.
 *
 * @param networks the address ranges that may connect, for clients and replication, such as {@code 192.0.2.0/24}
 * @param extra the host's own, as lines of {@code postgresql.conf}; kept from then on, see {@link SettingsUpkeep}
 */
public record ManagedSettings(List<String> networks, List<String> extra) {
    public ManagedSettings {
        networks = List.copyOf(networks);
        extra = List.copyOf(extra);
    }

    private static final Pattern LINE = Pattern.compile(
            "\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*(?:=|\\s)\\s*('(?:[^'\\\\\\n]|'')*'|[^'#\\\\\\s]+)\\s*(?:#.*)?");
    private static final Pattern NOTHING = Pattern.compile("\\s*(?:#.*)?");
    /** What the agent sets by itself, at its own moments, what would read other files, and what would make a standby promote itself. */
    private static final Set<String> NOT_THE_HOSTS = Set.of(
            "synchronous_standby_names",
            "primary_conninfo",
            "primary_slot_name",
            "promote_trigger_file",
            "restart_after_crash",
            "port",
            "listen_addresses",
            "data_directory",
            "config_file",
            "hba_file",
            "ident_file",
            "include",
            "include_dir",
            "include_if_exists",
            "allow_alter_system",
            "default_transaction_read_only");

    /** What is wrong with the host's lines, one sentence each: whatever is accepted here is set on servers that serve. */
    List<String> violations() {
        List<String> wrong = new ArrayList<>();
        for (String line : extra) {
            if (!LINE.matcher(line).matches() && !NOTHING.matcher(line).matches()) {
                wrong.add("settings: '" + line + "' is no setting such as 'max_connections = 300'");
            }
        }
        values().forEach((name, value) -> refusal(name, value).ifPresent(why -> wrong.add("settings: " + why)));
        return wrong;
    }

    private static Optional<String> refusal(String name, String value) {
        if (NOT_THE_HOSTS.contains(name) || name.startsWith("recovery_target")) {
            return Optional.of(name + " is not the host's to set: take it out");
        }
        if (RecoverySettings.names().contains(name) && !value.matches("0|[1-9][0-9]{0,8}")) {
            return Optional.of(name + " is '" + value + "': give a plain number");
        }
        if (SettingsUpkeep.LISTS.contains(name) && (value.isBlank() || value.contains("\""))) {
            return Optional.of(
                    name + " is '" + value + "': give names with commas between them, without double quotes");
        }
        return AdoptedSetting.all().stream()
                .filter(setting -> setting.vital() && setting.name().equals(name))
                .filter(setting -> !setting.well().test(value.toLowerCase(Locale.ROOT)))
                .map(setting -> name + " = " + value + ": " + setting.why() + ". Leave it " + setting.wanted())
                .findFirst();
    }

    /** The host's settings by name, without quotes. */
    Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : extra) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                String text = matcher.group(2);
                values.put(
                        matcher.group(1).toLowerCase(Locale.ROOT),
                        text.startsWith("'")
                                ? text.substring(1, text.length() - 1).replace("''", "'")
                                : text);
            }
        }
        return values;
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
                "# What a standby that is away may keep back, where there are several (their slots).",
                "max_slot_wal_keep_size = 4GB",
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
