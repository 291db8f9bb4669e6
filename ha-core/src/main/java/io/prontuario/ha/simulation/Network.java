package io.prontuario.ha.simulation;

import java.util.Map;
import java.util.TreeMap;

/**
 * The ways between hosts: how long a packet takes, and whether it arrives. A cut may be one-way. What is on its way when a way is cut is lost;
 * what TCP would send again later counts as lost too, since whoever waits has a limit.
 */
final class Network {
    /** The host on which the store's servers are thought to be; three machines in truth, of which a client has to reach a majority. */
    static final String STORE = "store";

    /** Where clients of the database and the proxy are. */
    static final String CLIENTS = "clients";

    private static final long LEAST = 100_000;
    private static final long MOST = 500_000;

    private final VirtualTime time;
    private final Chance chance;
    private final Map<String, Long> cutUntil = new TreeMap<>();
    /** From then on nothing is cut any more. */
    private long lastCutEnds;

    private final Map<String, Long> slowUntil = new TreeMap<>();

    Network(VirtualTime time, Chance chance) {
        this.time = time;
        this.chance = chance;
    }

    private static String way(String from, String to) {
        return from + ">" + to;
    }

    /** Nothing gets from one to the other before then. */
    void cut(String from, String to, long untilNanos) {
        lastCutEnds = Math.max(lastCutEnds, untilNanos);
        cutUntil.merge(way(from, to), untilNanos, Math::max);
    }

    /** What gets there takes up to three seconds, and may overtake. */
    void slow(String from, String to, long untilNanos) {
        slowUntil.merge(way(from, to), untilNanos, Math::max);
    }

    void heal() {
        cutUntil.clear();
        lastCutEnds = 0;
        slowUntil.clear();
    }

    boolean open(String from, String to) {
        if (lastCutEnds <= time.now() || from.equals(to)) {
            return true;
        }
        Long until = cutUntil.get(way(from, to));
        return until == null || until <= time.now();
    }

    /** Whether a question gets there and an answer back. */
    boolean bothWays(String one, String other) {
        return open(one, other) && open(other, one);
    }

    private long takes(String from, String to) {
        if (from.equals(to)) {
            return chance.between(20_000, 60_000);
        }
        Long until = slowUntil.isEmpty() ? null : slowUntil.get(way(from, to));
        return until != null && until > time.now() ? chance.between(MOST, 3_000_000_000L) : chance.between(LEAST, MOST);
    }

    /** {@code act} happens at {@code to} when the packet arrives, if it does. */
    void send(String from, String to, Life receiver, Runnable act) {
        long takes = takes(from, to);
        if (open(from, to)) {
            time.after(receiver, takes, () -> {
                if (open(from, to)) {
                    act.run();
                }
            });
        }
    }
}
