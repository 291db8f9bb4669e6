package io.prontuario.ha.simulation;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.ServerNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Two servers of the simulator, under a virtual time of their own. */
public final class ModelPair implements TwoServers, AutoCloseable {
    private static final long MILLI = 1_000_000;
    private static final long PATIENCE = 20_000;
    /** As many records as make the former primary's log longer than all that is written after it. */
    private static final int DEAD = 50;

    private final VirtualTime time = new VirtualTime();
    private final Chance chance = new Chance(1);
    private final Network network = new Network(time, chance);
    private final Map<NodeName, ModelServer> servers = new TreeMap<>();
    private final Map<String, Wal.Entry> rows = new HashMap<>();
    private final Map<String, Boolean> answers = new HashMap<>();
    private ModelServer primary;
    private ModelServer standby;

    /** Running and connected. */
    public ModelPair() {
        Wal wal = new Wal();
        primary = server("studio-1");
        standby = server("studio-2");
        primary.create(new Copy(primary.node(), "0001"), wal.copy(), false, null);
        standby.create(new Copy(standby.node(), "0001"), wal.copy(), true, primary.node());
        primary.writeNames(ServerNames.none());
        primary.start();
        standby.start();
        comes(() -> standby.receives());
    }

    private ModelServer server(String name) {
        ModelServer made = new ModelServer(time, network, chance, new NodeName(name), servers, new Unwatched());
        servers.put(made.node(), made);
        return made;
    }

    /** Nobody checks promises here: what breaks them is to be shown. */
    private static final class Unwatched implements ModelServer.Watcher {
        private long ids;

        @Override
        public void acknowledged(ModelServer by, Wal.Entry commit) {}

        @Override
        public void namesChanged(ModelServer of) {}

        @Override
        public void destroyed(ModelServer where, Copy copy) {}

        @Override
        public void died(ModelServer server) {}

        @Override
        public long freshId() {
            return ids++;
        }
    }

    private void pass(long millis) {
        time.runUntil(time.now() + millis * MILLI);
    }

    private boolean comes(BooleanSupplier so) {
        for (long passed = 0; passed < PATIENCE && !so.getAsBoolean(); passed++) {
            pass(1);
        }
        return so.getAsBoolean();
    }

    private Wal.Entry entry(String row) {
        Wal.Entry entry = rows.get(row);
        if (entry == null) {
            throw new IllegalStateException("nobody has committed " + row);
        }
        return entry;
    }

    @Override
    public void commit(String row) {
        Wal.Entry entry = primary.commit(row, false, well -> answers.put(row, well));
        if (entry == null) {
            throw new IllegalStateException("the primary takes no commit");
        }
        rows.put(row, entry);
    }

    @Override
    public boolean comesToBeAcknowledged(String row) {
        return comes(() -> isAcknowledged(row));
    }

    @Override
    public boolean isAcknowledged(String row) {
        return answers.getOrDefault(row, false);
    }

    @Override
    public boolean comesToWait(String row) {
        return comes(() -> primary.waits(entry(row)));
    }

    @Override
    public void cancel(String row) {
        primary.cancel(entry(row));
    }

    @Override
    public boolean isOnPrimary(String row) {
        return primary.running() && primary.wal().holds(entry(row));
    }

    @Override
    public boolean comesToStandby(String row) {
        return comes(() -> isOnStandby(row));
    }

    @Override
    public boolean isOnStandby(String row) {
        return standby.replayed() > entry(row).position() && standby.wal().holds(entry(row));
    }

    private void name(ServerNames names) {
        boolean[] done = {false};
        if (!primary.alterNames(names, () -> done[0] = true)) {
            throw new IllegalStateException("the names are being changed");
        }
        comes(() -> done[0]);
    }

    private static ServerNames only(ModelServer server) {
        Copy copy = server.copy();
        return copy == null ? ServerNames.none() : ServerNames.waitingFor(List.of(copy));
    }

    @Override
    public void waitForNobody() {
        name(ServerNames.none());
        comes(() -> !primary.commitsWait());
    }

    @Override
    public void nameStandby() {
        name(only(standby));
    }

    @Override
    public void waitForStandby() {
        nameStandby();
        comes(() -> primary.commitsWait() && primary.senders().stream().allMatch(sender -> sender.priority() > 0));
    }

    @Override
    public void stopCheckpointer() {
        primary.busyCheckpointer(Long.MAX_VALUE);
    }

    @Override
    public void letCheckpointerGoOn() {
        primary.heal();
        comes(() -> primary.commitsWait());
    }

    @Override
    public void stopStandby() {
        cutStandbyOff();
    }

    @Override
    public void letStandbyGoOn() {
        network.heal();
    }

    @Override
    public void cutStandbyOff() {
        network.cut(primary.host(), standby.host(), Long.MAX_VALUE);
        network.cut(standby.host(), primary.host(), Long.MAX_VALUE);
    }

    @Override
    public void writeWhatNobodyGets() {
        for (int i = 0; i < DEAD; i++) {
            commit("dead " + i);
        }
        comesToWait("dead " + (DEAD - 1));
    }

    @Override
    public void crashPrimary() {
        primary.crash();
        primary.start();
        comes(() -> primary.running());
    }

    @Override
    public int takeOver(int... taken) {
        primary.crash();
        network.heal();
        for (int timeline : taken) {
            standby.reserve(timeline);
        }
        standby.promote();
        comes(() -> standby.runsAsPrimary());
        ModelServer former = primary;
        primary = standby;
        standby = former;
        return primary.wal().timeline();
    }

    @Override
    public void followUnrewound() {
        Copy same = standby.copy();
        if (same == null) {
            throw new IllegalStateException("it has no data");
        }
        standby.follow(same, primary.node());
        standby.start();
    }

    @Override
    public void loseStandby() {
        standby.crash();
        comes(() -> primary.senders().isEmpty());
    }

    @Override
    public void close() {
        time.close();
    }

    @Override
    public String toString() {
        return "the model";
    }
}
