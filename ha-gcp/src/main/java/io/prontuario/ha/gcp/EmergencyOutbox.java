package io.prontuario.ha.gcp;

import java.util.List;

/**
 * What was written in the cloud while it only appended, and how it comes home. The host application implements it: only it knows what a
 * note is. Nothing is scaled down before it says that nothing waits any more.
 */
@FunctionalInterface
public interface EmergencyOutbox {
    /** For an environment that only reads: there is nothing to bring home. */
    EmergencyOutbox NONE = () -> new Reconciliation(0, 0, List.of());

    /**
     * Brings home as much as it can within a second or two, and says how far it is. Idempotent: an entry that came home before is not
     * written twice, whoever calls.
     */
    Reconciliation reconcile();

    /**
     * How far it is, all calls together.
     *
     * @param merged entries that are in the database on site
     * @param pending entries whose only copy is still in the cloud
     * @param needsPerson one line each for entries that are kept on site and could not be merged by themselves: they contradict what was
     *     written there
     */
    record Reconciliation(int merged, int pending, List<String> needsPerson) {
        public Reconciliation {
            needsPerson = List.copyOf(needsPerson);
        }
    }
}
