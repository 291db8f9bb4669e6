package io.prontuario.ha.simulation;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.Versioned;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What must hold after every event, checked where it could break: when a commit is acknowledged, the record written, names changed, data destroyed. */
final class Promises implements ModelServer.Watcher, StoreServers.Watcher {
    private static final long SECOND = 1_000_000_000;
    private static final int MOST_WRITES_A_SECOND = 40;

    private final World world;
    private final List<Wal.Entry> acknowledged = new ArrayList<>();
    private long ids;
    private int acknowledgements;
    private long epochSeen;
    private long second;
    private int writes;
    private long switchoverAskedAt;
    private @Nullable ClusterState servedState;
    /** Who may serve by that record. */
    private Set<Copy> servable = Collections.emptySet();

    Promises(World world) {
        this.world = world;
    }

    int acknowledgements() {
        return acknowledgements;
    }

    private void broken(String promise) {
        world.trace().add(world.time().now(), "BROKEN", promise);
        world.time().fail(new Broken(promise));
    }

    /** Who could become the primary without a person: whoever is it, or could be nominated. */
    private static Set<Copy> mayServe(ClusterState state) {
        Set<Copy> all = new TreeSet<>(state.inSync());
        all.addAll(state.heirs());
        all.add(state.primary());
        return all;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // asked of one record for each commit
    public void acknowledged(ModelServer by, Wal.Entry commit) {
        acknowledged.add(commit);
        acknowledgements++;
        Versioned record = world.store().truth();
        if (record == null) {
            return;
        }
        if (record.state() != servedState) {
            servedState = record.state();
            servable = mayServe(servedState);
        }
        for (Copy copy : servable) {
            ModelServer server = world.servers().get(copy.node());
            if (server != null && copy.equals(server.copy()) && !server.wal().holds(commit)) {
                broken(by.node() + " acknowledged '" + commit.what() + "' at " + commit.position() + " of timeline "
                        + commit.timeline() + ", which " + copy + " does not hold, and that may become the primary: "
                        + record.state());
            }
        }
    }

    @Override
    public void written(ClusterState before, ClusterState now) {
        if (world.trace().wanted()) {
            world.trace().add(world.time().now(), "store", inWords(before, now));
        }
        if (now.epoch() < epochSeen) {
            broken("the epoch went back from " + epochSeen + " to " + now.epoch());
        }
        epochSeen = now.epoch();
        if (!now.primary().equals(before.primary()) && now.epoch() != before.epoch() + 1) {
            broken("another primary without a new epoch: " + before + ", then " + now);
        }
        if (now.format().number() < before.format().number()
                || !now.format()
                        .unknown()
                        .keySet()
                        .containsAll(before.format().unknown().keySet())) {
            broken("what a later version wrote was taken from it: format " + before.format() + ", then "
                    + now.format());
        }
        if (now.durability() != Durability.ASYNC) {
            Set<Copy> fresh = mayServe(now);
            fresh.removeAll(mayServe(before));
            fresh.forEach(this::holdsEverything);
        }
        if (now.active() && !before.active()) {
            if (now.durability() == Durability.ASYNC) {
                givesUpWhatItLacks(now.primary());
            }
            holdsEverything(now.primary());
        }
        switchedOver(before, now);
        namesCover(now);
        tooMuch();
    }

    private static String inWords(ClusterState before, ClusterState now) {
        return "epoch " + now.epoch() + " timeline " + now.timeline() + " primary " + now.primary()
                + (now.active() ? "" : " nominated") + " in sync " + now.inSync() + " heirs " + now.heirs()
                + (now.durability() == before.durability() ? "" : " durability " + now.durability())
                + (now.paused() ? " paused" : "")
                + (now.transition() == null
                        ? ""
                        : " transition " + now.transition().transitionId());
    }

    /**
     * In {@code ASYNC} a takeover after a fencer's success may lose what only the former primary holds; from then on everything that is left
     * counts again, and the former primary acknowledges nothing beside the new one.
     */
    private void givesUpWhatItLacks(Copy primary) {
        ModelServer server = world.servers().get(primary.node());
        if (server != null && primary.equals(server.copy())) {
            acknowledged.removeIf(commit -> !server.wal().holds(commit));
        }
    }

    private void holdsEverything(Copy copy) {
        ModelServer server = world.servers().get(copy.node());
        if (server == null || !copy.equals(server.copy())) {
            return;
        }
        for (Wal.Entry commit : acknowledged) {
            if (!server.wal().holds(commit)) {
                broken(copy + " may become the primary and does not hold '" + commit.what() + "' at "
                        + commit.position() + " of timeline " + commit.timeline() + ", which was acknowledged");
                return;
            }
        }
    }

    /**
     * A planned switchover loses nothing at all, acknowledged or not: the target holds the whole log of the stopped server. Unless its agent
     * has lost the store meanwhile, and started it again: then it is a takeover from a primary that is cut off, which loses nothing that was
     * acknowledged.
     */
    private void switchedOver(ClusterState before, ClusterState now) {
        Journal journal = now.transition();
        if (now.preparing().isPresent() && before.preparing().isEmpty()) {
            switchoverAskedAt = world.time().now();
        }
        boolean nominated = journal != null
                && journal.kind() == TransitionKind.SWITCHOVER
                && before.preparing().isPresent()
                && !now.active();
        ModelServer old = world.servers().get(before.primary().node());
        ModelServer target = world.servers().get(now.primary().node());
        if (!nominated || old == null || target == null || !before.primary().equals(old.copy())) {
            return;
        }
        if (old.startedAt() > switchoverAskedAt) {
            return;
        }
        boolean whole = old.shutDownCleanly()
                && target.wal().end() >= old.wal().end()
                && target.wal().holds(old.wal().get(old.wal().end() - 1));
        if (!whole) {
            broken("a planned switchover nominated " + now.primary() + " before it held the last log of "
                    + before.primary());
        }
    }

    /** A loop that acts without a pause would be found out by the store. */
    private void tooMuch() {
        long now = world.time().now() / SECOND;
        writes = now == second ? writes + 1 : 1;
        second = now;
        if (writes > MOST_WRITES_A_SECOND) {
            broken("the record was written more than " + MOST_WRITES_A_SECOND + " times within a second");
        }
    }

    @Override
    public void namesChanged(ModelServer of) {
        Versioned record = world.store().truth();
        if (record != null && record.state().primary().equals(of.copy())) {
            namesCover(record.state());
        }
    }

    private void namesCover(ClusterState state) {
        ModelServer server = world.servers().get(state.primary().node());
        if (!state.active() || server == null || !state.primary().equals(server.copy())) {
            return;
        }
        boolean inFile = covers(server.namesInFile(), state);
        boolean inEffect = !server.runsAsPrimary() || covers(server.namesLoaded(), state);
        if (!inFile || !inEffect) {
            broken("names of " + state.primary() + " are '" + server.namesLoaded() + "' (file '" + server.namesInFile()
                    + "') and do not cover " + state.inSync());
        }
    }

    private static boolean covers(String setting, ClusterState state) {
        return ServerNames.understood(setting)
                .filter(names -> names.cover(state.inSync()))
                .isPresent();
    }

    @Override
    public void destroyed(ModelServer where, Copy copy) {
        Versioned record = world.store().truth();
        if (record != null && Protocol.recordedCopies(record.state()).contains(copy)) {
            broken("the data of " + copy + " was destroyed while the record held it: " + record.state());
        }
    }

    @Override
    public void deposedWrote(String who) {
        broken(who + " began an epoch after another had raised the term");
    }

    @Override
    public void died(ModelServer server) {
        world.serverDied(server);
    }

    @Override
    public long freshId() {
        return ids++;
    }
}
