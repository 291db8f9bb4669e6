package io.prontuario.ha.examples.validate;

import static io.prontuario.ha.examples.validate.Finding.fail;
import static io.prontuario.ha.examples.validate.Finding.ok;
import static io.prontuario.ha.examples.validate.Finding.warn;

import io.prontuario.ha.examples.validate.Finding.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What must hold on each server, whatever its role, and why it matters. Pure. */
final class ServerRules {
    static final String AREA = "settings";
    static final String ARCHIVE = "backups";
    private static final Duration CLOCK = Duration.ofSeconds(2);
    private static final long SECOND = 1_000;

    /** One setting: how bad it is when it is otherwise, and what then happens. */
    private record Rule(String name, Level level, Predicate<String> well, String wanted, String why) {}

    private static final List<Rule> RULES = List.of(
            is("fsync", "on", "what was acknowledged would not survive a power cut"),
            is("full_page_writes", "on", "a page that was half written would not survive, and pg_rewind needs it"),
            rule(
                    "synchronous_commit",
                    Level.FAIL,
                    List.of("on", "remote_apply")::contains,
                    "on",
                    "commits would be acknowledged before the standby has them"),
            rule("wal_level", Level.FAIL, List.of("replica", "logical")::contains, "replica", "no standby can follow"),
            is("hot_standby", "on", "a standby would answer nobody, and cannot be proven"),
            is(
                    "restart_after_crash",
                    "off",
                    "recovery makes waiting commits visible; restarting is the agent's decision"),
            is(
                    "hot_standby_feedback",
                    Level.WARN,
                    "on",
                    "readers on the standby are cancelled by the primary's vacuum"),
            is("default_transaction_read_only", "off", "the primary would refuse writes"),
            zero("recovery_min_apply_delay", Level.FAIL, "a promotion would wait for it"),
            zero(
                    "statement_timeout",
                    Level.WARN,
                    "for all sessions: the agents' own statements would be ended as well"),
            zero("lock_timeout", Level.WARN, "for all sessions: set it for the application's role alone"),
            zero(
                    "idle_session_timeout",
                    Level.WARN,
                    "for all sessions: the agents' own, which only wait, would be ended as well"),
            within(
                    "wal_retrieve_retry_interval",
                    Level.FAIL,
                    1,
                    500,
                    "200ms",
                    "a promotion may wait for the receiver's next try"),
            within(
                    "wal_receiver_timeout",
                    Level.FAIL,
                    1,
                    10 * SECOND,
                    "5s",
                    "a standby notices late that its primary is gone"),
            within(
                    "wal_sender_timeout",
                    Level.FAIL,
                    1,
                    10 * SECOND,
                    "5s",
                    "a lost standby holds up commits for longer"),
            within(
                    "wal_receiver_status_interval",
                    Level.FAIL,
                    1,
                    2,
                    "1s",
                    "the primary knows late what the standby has"),
            within("tcp_keepalives_idle", Level.WARN, 1, 30, "5", "sessions of lost clients stay for hours"),
            within(
                    "max_wal_senders",
                    Level.FAIL,
                    5,
                    Long.MAX_VALUE,
                    "16",
                    "no connection is left for a standby that comes back"),
            within(
                    "superuser_reserved_connections",
                    Level.FAIL,
                    5,
                    Long.MAX_VALUE,
                    "10",
                    "the agent is locked out when the application takes all connections"),
            within(
                    "wal_keep_size",
                    Level.WARN,
                    256,
                    Long.MAX_VALUE,
                    "512MB",
                    "a standby that was away has to be copied anew"),
            is("password_encryption", Level.WARN, "scram-sha-256", "passwords would be stored as md5"));

    private ServerRules() {}

    private static Rule rule(String name, Level level, Predicate<String> well, String wanted, String why) {
        return new Rule(name, level, well, wanted, why);
    }

    private static Rule is(String name, String wanted, String why) {
        return is(name, Level.FAIL, wanted, why);
    }

    private static Rule is(String name, Level level, String wanted, String why) {
        return rule(name, level, wanted::equals, wanted, why);
    }

    private static Rule zero(String name, Level level, String why) {
        return rule(name, level, "0"::equals, "0", why);
    }

    private static Rule within(String name, Level level, long least, long most, String wanted, String why) {
        return rule(
                name,
                level,
                value ->
                        value.matches("-?\\d{1,18}") && Long.parseLong(value) >= least && Long.parseLong(value) <= most,
                wanted,
                why);
    }

    static List<Finding> of(String server, ServerFacts facts, boolean onLoopback) {
        List<Finding> all = new ArrayList<>();
        for (Rule rule : RULES) {
            String value = facts.setting(rule.name());
            if (!rule.well().test(value)) {
                all.add(new Finding(
                        AREA,
                        server,
                        rule.level(),
                        rule.name() + " is " + value + ": " + rule.why(),
                        "ALTER SYSTEM SET " + rule.name() + " = '" + rule.wanted()
                                + "', then SELECT pg_reload_conf()"));
            }
        }
        if (!facts.setting("wal_log_hints").equals("on")
                && !facts.setting("data_checksums").equals("on")) {
            all.add(fail(
                    AREA,
                    server,
                    "wal_log_hints is off and there are no data checksums: pg_rewind refuses, and a returning server is copied anew",
                    "ALTER SYSTEM SET wal_log_hints = on, restart"));
        }
        if (System.getProperty("os.name").startsWith("Mac")
                && onLoopback
                && !facts.setting("wal_sync_method").equals("fsync_writethrough")) {
            all.add(fail(
                    AREA,
                    server,
                    "wal_sync_method is " + facts.setting("wal_sync_method")
                            + ": on macOS only fsync_writethrough flushes the drive",
                    "ALTER SYSTEM SET wal_sync_method = fsync_writethrough"));
        }
        String listens = facts.setting("listen_addresses");
        if (!onLoopback && List.of("localhost", "127.0.0.1", "").contains(listens)) {
            all.add(fail(AREA, server, "listen_addresses is '" + listens + "'", "set it to '*' and restart"));
        }
        facts.pending()
                .forEach(name -> all.add(warn(
                        AREA,
                        server,
                        name + " was changed and waits for a restart: what runs is not what the next start will bring",
                        "restart the standby's server, then switch over, or set it back")));
        facts.errors()
                .forEach(error -> all.add(
                        fail(AREA, server, "a configuration file has a mistake: " + error, "mend the line, reload")));
        facts.looseRules()
                .forEach(line -> all.add(
                        line.contains(": trust")
                                ? fail(
                                        "security",
                                        server,
                                        "lets others in without a password: " + line,
                                        "use scram-sha-256")
                                : warn(
                                        "security",
                                        server,
                                        "lets others in by a weak method: " + line,
                                        "use scram-sha-256")));
        if (facts.clockAhead().abs().compareTo(CLOCK) > 0) {
            all.add(warn(
                    "monitoring",
                    server,
                    "its clock is " + facts.clockAhead().toMillis()
                            + " ms ahead of this machine's: histories are hard to read",
                    "let chrony or ntpd run"));
        }
        if (all.isEmpty()) {
            all.add(ok(AREA, server, RULES.size() + " settings are as they should be"));
        }
        all.addAll(slots(server, facts));
        all.addAll(archive(server, facts));
        return all;
    }

    private static List<Finding> slots(String server, ServerFacts facts) {
        return facts.idleSlots().stream()
                .map(slot -> warn(
                        "replication",
                        server,
                        "nobody uses the replication slot " + slot + ", and it holds back log until the disk is full",
                        "SELECT pg_drop_replication_slot('" + slot + "') if its owner is gone"))
                .toList();
    }

    private static List<Finding> archive(String server, ServerFacts facts) {
        if (facts.setting("archive_mode").equals("off")) {
            return List.of(warn(
                    ARCHIVE,
                    server,
                    "archive_mode is off: a standby repeats a mistake, and only an archive brings yesterday back",
                    "set up pgBackRest or WAL-G, or --accept " + ARCHIVE + " when backups are made otherwise"));
        }
        boolean none = facts.setting("archive_command").isBlank()
                || facts.setting("archive_command").equals("(disabled)");
        if (none && facts.setting("archive_library").isBlank()) {
            return List.of(fail(
                    ARCHIVE,
                    server,
                    "archive_mode is on and there is no archive_command: log stays until the disk is full",
                    "give one"));
        }
        return List.of(
                facts.archiving().isEmpty()
                        ? ok(ARCHIVE, server, "the log is archived")
                        : fail(ARCHIVE, server, facts.archiving(), "look at the server's log"));
    }
}
