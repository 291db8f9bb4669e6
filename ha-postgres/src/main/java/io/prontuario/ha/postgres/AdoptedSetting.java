package io.prontuario.ha.postgres;

import java.util.List;
import java.util.function.Predicate;

/**
 * A setting that replication and takeover rest on, as a server that somebody else has set up may have it otherwise.
 *
 * @param name PostgreSQL's
 * @param well whether a value, in the unit of {@code pg_settings}, will do
 * @param wanted the value to set, as {@link ManagedSettings} has it
 * @param vital without it nothing is taken over, if only a restart can change it
 * @param why what goes wrong otherwise
 */
record AdoptedSetting(String name, Predicate<String> well, String wanted, boolean vital, String why) {

    static List<AdoptedSetting> all() {
        return List.of(
                is("fsync", "on", true, "what was acknowledged would not survive a power cut"),
                is("full_page_writes", "on", true, "half-written pages would not survive, and pg_rewind needs it"),
                new AdoptedSetting(
                        "synchronous_commit",
                        List.of("on", "remote_apply")::contains,
                        "on",
                        true,
                        "commits would be acknowledged before the standby has them"),
                new AdoptedSetting(
                        "wal_level", List.of("replica", "logical")::contains, "replica", true, "no standby can follow"),
                is("hot_standby", "on", true, "a standby would answer nobody, and could not be proven"),
                within(
                        "max_wal_senders",
                        5,
                        Long.MAX_VALUE,
                        "16",
                        true,
                        "no connection is left for a standby that comes back"),
                within(
                        "superuser_reserved_connections",
                        5,
                        Long.MAX_VALUE,
                        "10",
                        false,
                        "the agent is locked out when the application takes all connections"),
                is(
                        "restart_after_crash",
                        "off",
                        false,
                        "recovery makes waiting commits visible; restarting is the agent's"),
                is("hot_standby_feedback", "on", false, "readers on a standby are cancelled by the primary's vacuum"),
                within(
                        "max_slot_wal_keep_size",
                        1,
                        Long.MAX_VALUE,
                        "4GB",
                        false,
                        "a standby that is away fills the primary's disk"),
                within("wal_keep_size", 256, Long.MAX_VALUE, "512MB", false, "a standby that was away is copied anew"),
                within(
                        "wal_retrieve_retry_interval",
                        1,
                        500,
                        "50ms",
                        false,
                        "a promotion may wait for the receiver's next try"),
                within(
                        "wal_receiver_timeout",
                        1,
                        10_000,
                        "5s",
                        false,
                        "a standby notices late that its primary is gone"),
                within("wal_sender_timeout", 1, 10_000, "5s", false, "a lost standby holds up commits for longer"),
                within("wal_receiver_status_interval", 1, 2, "1s", false, "the primary knows late what a standby has"),
                within("recovery_min_apply_delay", 0, 0, "0", true, "a promotion would wait for it"));
    }

    private static AdoptedSetting is(String name, String wanted, boolean vital, String why) {
        return new AdoptedSetting(name, wanted::equals, wanted, vital, why);
    }

    private static AdoptedSetting within(String name, long least, long most, String wanted, boolean vital, String why) {
        return new AdoptedSetting(
                name,
                value -> value.matches("-?[0-9]{1,15}")
                        && Long.parseLong(value) >= least
                        && Long.parseLong(value) <= most,
                wanted,
                vital,
                why);
    }
}
