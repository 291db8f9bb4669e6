package io.prontuario.ha.decide;

import io.prontuario.ha.model.Durability;
import java.util.Set;

/**
 * How far the search looks. Everything that is not bounded here is finite by itself.
 *
 * @param nodes data nodes, 2 or 3
 * @param commits commits of clients
 * @param epochs highest epoch
 * @param faults crashes of servers, cuts of streams, data that vanishes, promotions by hand; agents crash as often as they like
 * @param switchovers whether people ask for planned switchovers, as often as they like
 * @param durability of the cluster
 * @param pausing whether a person may pause the cluster, which twice as many states come of
 * @param reinits whether a person may want a standby copied anew, one at a time
 * @param lostReplies whether an agent may live on without hearing of what it has written; it is also killed in the same moments, always
 * @param mostStates the search stops after so many, and says so
 */
record Bounds(
        int nodes,
        int commits,
        int epochs,
        int faults,
        boolean switchovers,
        Durability durability,
        Set<Move> without,
        boolean pausing,
        boolean reinits,
        boolean lostReplies,
        int mostStates) {

    private static final int PLENTY = 60_000_000;

    static Bounds of(int nodes, int commits, int epochs, int faults) {
        return new Bounds(
                nodes, commits, epochs, faults, false, Durability.AVAILABLE, Set.of(), false, false, false, PLENTY);
    }

    Bounds withSwitchovers() {
        return new Bounds(
                nodes, commits, epochs, faults, true, durability, without, pausing, reinits, lostReplies, mostStates);
    }

    /** In STRICT every other node has to be certified. */
    int strictMinimum() {
        return nodes - 1;
    }

    Bounds durability(Durability other) {
        return new Bounds(
                nodes, commits, epochs, faults, switchovers, other, without, pausing, reinits, lostReplies, mostStates);
    }

    Bounds without(Move... moves) {
        return new Bounds(
                nodes,
                commits,
                epochs,
                faults,
                switchovers,
                durability,
                Set.of(moves),
                pausing,
                reinits,
                lostReplies,
                mostStates);
    }

    Bounds atMost(int states) {
        return new Bounds(
                nodes,
                commits,
                epochs,
                faults,
                switchovers,
                durability,
                without,
                pausing,
                reinits,
                lostReplies,
                states);
    }

    Bounds withPauses() {
        return new Bounds(
                nodes,
                commits,
                epochs,
                faults,
                switchovers,
                durability,
                without,
                true,
                reinits,
                lostReplies,
                mostStates);
    }

    Bounds withReinits() {
        return new Bounds(
                nodes,
                commits,
                epochs,
                faults,
                switchovers,
                durability,
                without,
                pausing,
                true,
                lostReplies,
                mostStates);
    }

    Bounds withLostReplies() {
        return new Bounds(
                nodes, commits, epochs, faults, switchovers, durability, without, pausing, reinits, true, mostStates);
    }

    @Override
    public String toString() {
        return nodes + " nodes, " + commits + " commits, " + epochs + " epochs, " + faults + " faults, " + durability
                + (pausing ? ", pauses" : "") + (reinits ? ", reinits" : "") + (lostReplies ? ", lost replies" : "");
    }
}
