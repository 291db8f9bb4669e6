package io.prontuario.ha.simulation;

import io.prontuario.ha.model.NodeName;
import org.jspecify.annotations.Nullable;

/**
 * Writes one row after another. One goes where the proxy leads; the others each know one server and write there whenever it takes a write,
 * whatever anybody says: what such a client is told must be as true.
 */
final class ModelClient {
    private static final long MILLI = 1_000_000;
    private static final long PATIENCE = 2_000 * MILLI;

    private final World world;
    private final @Nullable NodeName stubborn;
    private long acknowledgedAt = -1;
    private int attempt;

    /** @param stubborn the only server that it knows; null when it goes by the proxy */
    ModelClient(World world, @Nullable NodeName stubborn) {
        this.world = world;
        this.stubborn = stubborn;
    }

    /** When it was last told that something is stored. */
    long acknowledgedAt() {
        return acknowledgedAt;
    }

    void start() {
        again(world.chance().between(0, 50 * MILLI));
    }

    private void again(long nanos) {
        int next = ++attempt;
        world.time().after(world.outside(), nanos, () -> {
            if (attempt == next) {
                write();
            }
        });
    }

    private void write() {
        NodeName to = stubborn != null ? stubborn : world.routing().ready();
        ModelServer server = to == null ? null : world.servers().get(to);
        if (server == null
                || !server.runsAsPrimary()
                || server.hung()
                || !world.network().bothWays(Network.CLIENTS, server.host())) {
            again(world.chance().between(100 * MILLI, 250 * MILLI));
            return;
        }
        int mine = attempt;
        // After that it goes elsewhere; its commit goes on waiting where it is.
        again(PATIENCE);
        world.network().send(Network.CLIENTS, server.host(), server.life(), () -> {
            var unused = server.commit(
                    "row",
                    false,
                    well -> world.network()
                            .send(server.host(), Network.CLIENTS, world.outside(), () -> answered(mine, well)));
        });
    }

    private void answered(int which, boolean well) {
        if (well) {
            acknowledgedAt = world.time().now();
        }
        if (which + 1 == attempt) {
            again(world.chance().between(30 * MILLI, 120 * MILLI));
        }
    }
}
