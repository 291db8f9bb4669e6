package io.prontuario.ha.decide;

import java.util.Arrays;
import java.util.List;

/** Everything there is at one moment: the record, the nodes, and which commits were answered. Immutable. */
final class World {
    /** A server that was not looked up yet. */
    static final int UNKNOWN = -1;

    private final int record;
    private final Server[] servers;
    /** The servers as numbers of the search's dictionary, as far as they are known: most stay as they are from one state to the next. */
    private final int[] numbers;

    private final int commits;
    private final int acknowledged;
    private final int faults;

    /**
     * @param record the record in the store, as a number of {@link Records}
     * @param servers one for each node
     * @param commits how many commits clients have begun
     * @param acknowledged the commits that were answered, as bits
     * @param faults how many faults there have been
     */
    World(int record, Server[] servers, int[] numbers, int commits, int acknowledged, int faults) {
        this.record = record;
        this.servers = servers;
        this.numbers = numbers;
        this.commits = commits;
        this.acknowledged = acknowledged;
        this.faults = faults;
    }

    static World first(int record, List<Server> servers) {
        int[] numbers = new int[servers.size()];
        Arrays.fill(numbers, UNKNOWN);
        return new World(record, servers.toArray(Server[]::new), numbers, 0, 0, 0);
    }

    int record() {
        return record;
    }

    int nodes() {
        return servers.length;
    }

    Server server(int node) {
        return servers[node];
    }

    int number(int node) {
        return numbers[node];
    }

    int commits() {
        return commits;
    }

    int acknowledged() {
        return acknowledged;
    }

    int faults() {
        return faults;
    }

    /** The copy on a node. */
    int copy(int node) {
        return Names.copy(node, servers[node].generation());
    }

    /** Whether this very copy of the data is there, running or not. */
    boolean has(int copy) {
        Server server = servers[Names.nodeOf(copy)];
        return server.usable() && server.generation() == Names.generationOf(copy);
    }

    /** A copy id for a node that nothing in this world remembers, the smallest: so there are only as many as can be told apart. */
    int freshGeneration(int node, Names names, Records.Facts facts) {
        int used = 0;
        for (int copy : facts.candidates()) {
            used |= bitOf(node, copy);
        }
        for (int copy : facts.condemned()) {
            used |= bitOf(node, copy);
        }
        for (Server server : servers) {
            used |= bitOf(node, server.flight());
            used |= server.isProving() ? bitOf(node, server.subject()) : 0;
            for (int copy : names.members(server.file())) {
                used |= bitOf(node, copy);
            }
            for (int copy : names.members(server.effect())) {
                used |= bitOf(node, copy);
            }
        }
        return Integer.numberOfTrailingZeros(~used);
    }

    private static int bitOf(int node, int copy) {
        return copy >= 0 && Names.nodeOf(copy) == node ? 1 << Names.generationOf(copy) : 0;
    }

    World with(int node, Server server) {
        Server[] all = servers.clone();
        int[] known = numbers.clone();
        all[node] = server;
        known[node] = UNKNOWN;
        return new World(record, all, known, commits, acknowledged, faults);
    }

    /**
     * Every write of the record raises its version. A proof that goes by the record before it has lost: its own write would come too
     * late, and so does one that is on its way.
     */
    World written(int newRecord) {
        Server[] all = servers.clone();
        int[] known = numbers.clone();
        for (int node = 0; node < all.length; node++) {
            if (all[node].flight() >= 0 || all[node].isProving()) {
                Server landed = all[node].flight() < 0 ? all[node] : all[node].withFlight(-1);
                all[node] = landed.isProving() ? landed.idle() : landed;
                known[node] = UNKNOWN;
            }
        }
        return new World(newRecord, all, known, commits, acknowledged, faults);
    }

    World committed(int node, Server server) {
        World next = with(node, server);
        return new World(record, next.servers, next.numbers, commits + 1, acknowledged, faults);
    }

    World acknowledged(int commit) {
        return new World(record, servers, numbers, commits, acknowledged | 1 << commit, faults);
    }

    World afterFault() {
        return new World(record, servers, numbers, commits, acknowledged, faults + 1);
    }
}
