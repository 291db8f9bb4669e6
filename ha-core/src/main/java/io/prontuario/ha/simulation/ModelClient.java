package io.prontuario.ha.simulation;

import io.prontuario.ha.model.NodeName;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes one row after another. One goes where the proxy leads, some where the pool beside them leads; the others each know one server and
 * write there whenever it takes a write, whatever anybody says: what such a client is told must be as true.
 */
final class ModelClient {
    private static final long MILLI = 1_000_000;
    private static final long PATIENCE = 2_000 * MILLI;

    private final World world;
    private final Life process;
    private final String host;
    private final Runnable served;
    private Supplier<@Nullable NodeName> leads;
    private long acknowledgedAt = -1;
    private int attempt;
    private VirtualTime.@Nullable Event next;
    private boolean held;
    private boolean isServed;

    private ModelClient(World world, Life process, String host, Supplier<@Nullable NodeName> leads, Runnable served) {
        this.world = world;
        this.process = process;
        this.host = host;
        this.leads = leads;
        this.served = served;
    }

    /** One that goes by the proxy. */
    static ModelClient routed(World world) {
        return outside(world, world.routing()::ready);
    }

    /** One that knows a single server. */
    static ModelClient stubborn(World world, NodeName server) {
        return outside(world, () -> server);
    }

    private static ModelClient outside(World world, Supplier<@Nullable NodeName> leads) {
        return new ModelClient(world, world.outside(), Network.CLIENTS, leads, () -> {});
    }

    /**
     * One in the process of a node.
     *
     * @param served called when nobody is served any more whom a hold would have to wait for
     */
    static ModelClient pooled(World world, Life process, NodeName self, Runnable served) {
        return new ModelClient(world, process, self.value(), () -> null, served);
    }

    /** When it was last told that something is stored. */
    long acknowledgedAt() {
        return acknowledgedAt;
    }

    /** It begins nothing new until it is released. */
    void hold() {
        held = true;
    }

    void release() {
        held = false;
    }

    void lead(NodeName primary) {
        leads = () -> primary;
    }

    /** Whether it waits for an answer. */
    boolean isServed() {
        return isServed;
    }

    void start() {
        again(world.chance().between(0, 50 * MILLI));
    }

    private void again(long nanos) {
        attempt++;
        if (next != null) {
            next.cancel();
        }
        next = world.time().after(process, nanos, () -> {
            over();
            write();
        });
    }

    private void over() {
        if (isServed) {
            isServed = false;
            if (held) {
                served.run();
            }
        }
    }

    private void write() {
        NodeName to = held ? null : leads.get();
        ModelServer server = to == null ? null : world.servers().get(to);
        if (server == null
                || !server.runsAsPrimary()
                || server.hung()
                || !world.network().bothWays(host, server.host())) {
            again(world.chance().between(100 * MILLI, 250 * MILLI));
            return;
        }
        int mine = attempt;
        // After that it goes elsewhere; its commit goes on waiting where it is.
        again(PATIENCE);
        isServed = true;
        world.network().send(host, server.host(), server.life(), () -> {
            var unused = server.commit(
                    "row",
                    false,
                    well -> world.network().send(server.host(), host, process, () -> answered(mine, well)));
        });
    }

    private void answered(int which, boolean well) {
        if (well) {
            acknowledgedAt = world.time().now();
        }
        if (which + 1 == attempt) {
            over();
            again(world.chance().between(30 * MILLI, 120 * MILLI));
        }
    }
}
