package io.prontuario.ha.model;

import java.time.Instant;

/**
 * What is being done about a lost site, or rehearsed. It stands beside the record and not in it: nothing of it says who may acknowledge a
 * write, so nothing of it can be in the way of those who decide that.
 *
 * @param id unique; its steps in the history share it
 * @param kind {@link TransitionKind#EMERGENCY} or {@link TransitionKind#DRILL}
 * @param phase how far it is
 * @param clusterId the cluster for which it was begun
 * @param epoch the epoch of the record under which it was begun
 * @param reason why it is in this phase, as a sentence
 * @param by who approved or declared it; empty when nobody has
 * @param declared it was begun without the record in hand, on a person's word: no compare-and-set kept others out
 * @param since when it came into this phase, for people
 * @param memo what the strategy asked to be handed back with its next step; a help, never the truth
 */
public record Emergency(
        String id,
        TransitionKind kind,
        EmergencyPhase phase,
        String clusterId,
        long epoch,
        String reason,
        String by,
        boolean declared,
        Instant since,
        String memo) {
    public Emergency {
        if (kind != TransitionKind.EMERGENCY && kind != TransitionKind.DRILL) {
            throw new IllegalArgumentException("an emergency is of kind EMERGENCY or DRILL, not " + kind);
        }
    }

    /** Whether something is still to be done or decided. */
    public boolean open() {
        return phase != EmergencyPhase.ENDED;
    }

    /** Whether it is only rehearsed. */
    public boolean rehearsal() {
        return kind == TransitionKind.DRILL;
    }

    /** Whether the environment is, or may be, awake, or clients be led there. */
    public boolean underWay() {
        return switch (phase) {
            case ASKED, DECLINED, ENDED -> false;
            case WAKING, SERVING, RETURNING, CLEARING -> true;
        };
    }

    /** The same with another memo. */
    public Emergency withMemo(String text) {
        return new Emergency(id, kind, phase, clusterId, epoch, reason, by, declared, since, text);
    }

    /** One line for a page or a log. */
    public String summary() {
        return (rehearsal() ? "rehearsal " : "emergency ") + id + ", " + phase
                + (by.isEmpty() ? "" : ", by " + by)
                + (declared ? ", declared without the store" : "")
                + ", since " + since + ": " + reason;
    }
}
