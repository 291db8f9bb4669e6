package io.prontuario.ha.engine;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.AttachedStandby;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StartMode;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.SyncControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server that does at once what it is told, remembers what that was, and dies when a test says so. */
final class FakeServer implements FailoverStrategy, SyncControl {
    private volatile @org.jspecify.annotations.Nullable Outcome failingStarts;
    private final Copy copy;
    private final List<String> acts = new ArrayList<>();
    private DataStatus status;
    private Runnable wake = () -> {};
    private Supplier<Outcome> promoting = () -> Outcome.done("");
    private @Nullable Outcome rejoining;
    private Supplier<Outcome> opening = () -> Outcome.done("");
    private Runnable beforeLastLook = () -> {};
    private Runnable attending = () -> {};
    private Runnable keepingReady = () -> {};
    private Answer sighting = Answer.REACHED;
    private Duration reachedAgo = Duration.ZERO;
    private boolean namesStay;
    private int held;

    private FakeServer(Copy copy, DataStatus status) {
        this.copy = copy;
        this.status = status;
    }

    static FakeServer primary(Copy copy, String names, Copy... attached) {
        List<AttachedStandby> standbys = new ArrayList<>();
        for (Copy one : attached) {
            standbys.add(new AttachedStandby(one, 100, true, 1000));
        }
        return new FakeServer(
                copy, status(copy, ServerCondition.RUNNING, ServerMode.PRIMARY, 1, null, standbys, names));
    }

    static FakeServer standby(Copy copy) {
        Receiver receiver = new Receiver("upstream:1", true, Duration.ZERO);
        return new FakeServer(
                copy,
                status(
                        copy,
                        ServerCondition.RUNNING,
                        ServerMode.STANDBY,
                        1,
                        receiver,
                        List.of(),
                        ServerNames.gate().setting()));
    }

    /** A node whose data is not there any more. */
    static FakeServer without(Copy lost) {
        return new FakeServer(lost, DataStatus.UNKNOWN);
    }

    private static DataStatus status(
            Copy copy,
            ServerCondition condition,
            ServerMode mode,
            int timeline,
            @org.jspecify.annotations.Nullable Receiver receiver,
            List<AttachedStandby> attached,
            String names) {
        return new DataStatus(
                copy,
                "7300000000000000001",
                condition,
                mode,
                timeline,
                1000,
                1000,
                0,
                receiver,
                attached,
                names,
                names,
                SyncWait.NONE,
                "");
    }

    /** The acts so far, in order, such as {@code promote} or {@code names ''}. */
    synchronized List<String> acts() {
        return List.copyOf(acts);
    }

    private synchronized Outcome did(String act) {
        acts.add(act);
        return Outcome.done("");
    }

    void die() {
        become(ServerCondition.DOWN);
    }

    /** It does not answer any more, and nothing of it has ended. */
    void hang() {
        become(ServerCondition.HUNG);
    }

    /** The end of {@link #hang}. */
    void goOn() {
        become(ServerCondition.RUNNING);
    }

    private void become(ServerCondition condition) {
        synchronized (this) {
            status = status.withCondition(condition, 0);
        }
        wake.run();
    }

    /** From now on this node does not reach the primary's server. */
    void reachesNobody() {
        synchronized (this) {
            sighting = Answer.UNREACHED;
            reachedAgo = Duration.ofMinutes(1);
        }
        wake.run();
    }

    /** It takes new names and goes on showing the old ones. */
    synchronized void showsNoNewNames() {
        namesStay = true;
    }

    /** The disk tells this timeline. */
    synchronized void holds(int timeline) {
        held = timeline;
    }

    @Override
    public synchronized int heldTimeline() {
        return held;
    }

    /** From now on this standby has heard that the upstream's log ends there, so long ago. */
    synchronized void hears(long upstreamPosition, Duration ago) {
        status = status.withReceiver(new Receiver("upstream:1", true, ago, upstreamPosition, null));
    }

    /** From now on this standby streams from that node's server. */
    synchronized void streamsFrom(NodeName node) {
        status = status.withReceiver(new Receiver(node + ":1", true, Duration.ZERO, 1000, node));
    }

    /** From now on it ends whenever it is started. */
    void startsInVain() {
        failingStarts = Outcome.retry("could not start server", Duration.ZERO);
    }

    /** What the next promotions come to. */
    synchronized void promotionsAre(Supplier<Outcome> outcome) {
        promoting = outcome;
    }

    /** What the next openings come to. */
    synchronized void openingsAre(Supplier<Outcome> outcome) {
        opening = outcome;
    }

    /** Done by the agent's thread whenever it gets ready for what may come. */
    synchronized void whileKeepingReady(Runnable act) {
        keepingReady = act;
    }

    /** Done by the agent's thread whenever it looks closely at the end of a stream. */
    synchronized void whileAttending(Runnable act) {
        attending = act;
    }

    /** Done by the agent's thread between a proof and the write that certifies. */
    synchronized void beforeCertifying(Runnable act) {
        beforeLastLook = act;
    }

    @Override
    public String name() {
        return "data";
    }

    @Override
    public Layer layer() {
        return Layer.DATA;
    }

    @Override
    public Placement placement() {
        return Placement.NODE;
    }

    @Override
    public void start(StrategyContext context) {
        wake = context.wake();
    }

    @Override
    public synchronized List<Sighting> sightings(NodeName target) {
        return target.equals(copy.node())
                ? List.of()
                : List.of(new Sighting(copy.node(), target, "probe", sighting, reachedAgo));
    }

    @Override
    public Outcome isolate(StepRequest request) {
        return Outcome.alreadySo("");
    }

    @Override
    public Outcome enable(StepRequest request) {
        return Outcome.alreadySo("");
    }

    @Override
    public Optional<SyncControl> syncControl() {
        return Optional.of(this);
    }

    @Override
    public synchronized DataStatus status() {
        return status;
    }

    @Override
    public Outcome initialise(Copy wanted, Duration limit) {
        return did("initialise");
    }

    @Override
    public Outcome start(StartMode mode, ClusterState state, Duration limit) {
        Outcome did = did("start " + mode);
        Outcome failure = failingStarts;
        return failure == null ? did : failure;
    }

    @Override
    public Outcome stop(boolean deposed, Duration limit) {
        return did("stop");
    }

    @Override
    public Outcome promote(ClusterState state, Duration limit) {
        did("promote");
        Supplier<Outcome> how;
        synchronized (this) {
            how = promoting;
        }
        Outcome outcome = how.get();
        synchronized (this) {
            if (outcome.holds()) {
                status = status(
                        copy,
                        ServerCondition.RUNNING,
                        ServerMode.PRIMARY,
                        state.timeline(),
                        null,
                        List.of(),
                        ServerNames.gate().setting());
            }
        }
        return outcome;
    }

    @Override
    public Outcome open(ClusterState state, ServerNames names, Duration limit) {
        Supplier<Outcome> how;
        synchronized (this) {
            how = opening;
        }
        Outcome outcome = how.get();
        if (!outcome.holds()) {
            return outcome;
        }
        named(names);
        return did("open " + state.epoch());
    }

    @Override
    public void keepReady(Duration limit) {
        Runnable act;
        synchronized (this) {
            act = keepingReady;
        }
        act.run();
    }

    @Override
    public void attend(Duration limit) {
        Runnable act;
        synchronized (this) {
            act = attending;
        }
        act.run();
        did("attend");
    }

    @Override
    public Outcome setNames(ServerNames names, Duration limit) {
        named(names);
        return did("names '" + names.setting() + "'");
    }

    private synchronized void named(ServerNames names) {
        if (namesStay) {
            return;
        }
        status = status(
                copy,
                status.condition(),
                status.mode(),
                status.timeline(),
                status.receiver(),
                status.attached(),
                names.setting());
    }

    @Override
    public Outcome prove(ClusterState state, Copy standby, ServerNames names, Duration limit) {
        named(names);
        return did("prove " + standby);
    }

    @Override
    public Outcome stillProven(Copy standby, Duration limit) {
        Runnable act;
        synchronized (this) {
            act = beforeLastLook;
            beforeLastLook = () -> {};
        }
        act.run();
        return Outcome.done("");
    }

    @Override
    public synchronized Outcome rejoin(ClusterState state, Supplier<Outcome> consent, Duration limit) {
        Outcome given = consent.get();
        if (!given.holds()) {
            return given;
        }
        Outcome done = did("rejoin");
        return rejoining == null ? done : rejoining;
    }

    /** What the next rejoins come to. */
    synchronized void rejoinsAre(Outcome outcome) {
        rejoining = outcome;
    }

    @Override
    public Outcome disciplineNames(ClusterState state, Duration limit) {
        return Outcome.alreadySo("");
    }
}
