package io.prontuario.ha.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Something that goes wrong, or that a person does, at a moment of a run.
 *
 * @param atMillis when
 * @param kind what
 * @param node whom it befalls, by number
 * @param other who else is concerned, by number
 * @param lastsMillis for how long
 */
record Fault(long atMillis, Kind kind, int node, int other, long lastsMillis) {
    /** What can happen. */
    enum Kind {
        SERVER_CRASHES,
        SERVER_HANGS,
        AGENT_IS_KILLED,
        AGENT_LEAVES,
        AGENT_STOPS,
        NODE_IS_LOST,
        NODES_ARE_CUT,
        ONE_WAY_IS_CUT,
        STORE_IS_CUT,
        STORE_HEARS_ONLY,
        NODE_IS_ISOLATED,
        STORE_IS_AWAY,
        STORE_IS_ROLLED_BACK,
        REPLY_IS_LOST,
        STORE_IS_SLOW,
        DISK_IS_SLOW,
        CHECKPOINTER_IS_BUSY,
        BACKENDS_ARE_STARVED,
        CLOCK_IS_SET,
        PROXY_RELOADS,
        SWITCHOVER,
        PAUSE,
        PROMOTED_BY_HAND,
        DURABILITY_IS_CHANGED,
        ROLLING_UPGRADE
    }

    private static final long FIRST = 2_500;
    private static final long LAST = 14_000;

    /** In a run of so many nodes, drawn from chance. */
    static List<Fault> draw(Chance chance, int nodes) {
        List<Fault> faults = new ArrayList<>();
        long many = chance.between(1, 7);
        // Faults that come close to one another find more than those that come one by one.
        long center = chance.between(FIRST, LAST);
        for (int i = 0; i < many; i++) {
            long at = chance.percent(70) ? center + chance.between(0, 3_000) : chance.between(FIRST, LAST);
            Kind kind = Kind.values()[(int) chance.between(0, Kind.values().length - 1)];
            int node = (int) chance.between(0, nodes - 1);
            int other = (int) (node + chance.between(1, nodes - 1)) % nodes;
            long lasts = chance.percent(75) ? chance.between(200, 4_000) : chance.between(4_000, 10_000);
            faults.add(new Fault(at, kind, node, other, lasts));
        }
        faults.sort(Comparator.comparingLong(Fault::atMillis));
        return faults;
    }

    long endsAtMillis() {
        return atMillis + lastsMillis;
    }

    @Override
    public String toString() {
        String millis = Long.toString(1_000 + atMillis % 1_000).substring(1);
        return "at " + atMillis / 1_000 + "." + millis + " s " + kind + " node " + (node + 1) + ", other " + (other + 1)
                + ", for " + lastsMillis + " ms";
    }
}
