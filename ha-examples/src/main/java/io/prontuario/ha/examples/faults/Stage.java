package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.demo.Fault;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Waiting;
import io.prontuario.ha.examples.measure.Acknowledgement;
import io.prontuario.ha.model.ClusterState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What a {@link Story} may do and look at. What it has begun and not ended is ended with it. */
final class Stage implements AutoCloseable {
    /** Tells a thing that does not happen from one that happens late on a machine that is busy with other work. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Longer than {@code suspicionTime} and {@code standbyTimeout} together: by then it would have been decided otherwise. */
    private static final Duration A_WHILE = Duration.ofSeconds(3);

    private static final int GOES_ON = 20;

    private final Scene scene;
    private final Supplier<List<Acknowledgement>> acknowledged;
    private final ClusterState before;
    private final int saidBefore;
    private final Deque<Fault> under = new ArrayDeque<>();

    /** Of a cluster that is well. */
    Stage(Scene scene, Supplier<List<Acknowledgement>> acknowledged) {
        this.scene = scene;
        this.acknowledged = acknowledged;
        // What was last seen may be older than what the run has just waited for.
        this.before = record();
        this.saidBefore = scene.cluster().events().size();
    }

    Scene scene() {
        return scene;
    }

    /** The primary when it began. */
    LocalNode primary() {
        return node(before);
    }

    /** The standby when it began. */
    LocalNode standby() {
        return scene.cluster().dataNodes().stream()
                .filter(node -> node != primary())
                .findFirst()
                .orElseThrow();
    }

    private LocalNode node(ClusterState state) {
        return scene.cluster().node(state.primary().node().value());
    }

    /** What a node plays at this moment. */
    Target part(Predicate<LocalNode> which) {
        return Arrays.stream(new Target[] {Target.PRIMARY, Target.STANDBY, Target.WITNESS})
                .filter(part -> which.test(scene.node(part)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no node is such"));
    }

    /** Does it. */
    Fault begin(FaultKind kind, Target target) {
        return begin(new Faults(scene).of(kind, target));
    }

    /** Kills a server and waits for the rest of it, which outlives the postmaster for a moment and goes on acknowledging. */
    void killServer(LocalNode node) {
        List<ProcessHandle> processes = node.serverProcess().postmaster().stream()
                .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.children()))
                .toList();
        begin(FaultKind.SERVER_KILLED, part(other -> other == node));
        until(
                "nothing is left of the server of " + node.name(),
                () -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** A cable that no kind of fault cuts. */
    Fault begin(Cut cut) {
        return begin(new Fault() {
            @Override
            public String description() {
                return cut.toString();
            }

            @Override
            public void inject() {
                scene.network().cut(cut);
            }

            @Override
            public void restore() {
                scene.network().mend(cut);
            }
        });
    }

    private Fault begin(Fault fault) {
        under.push(fault);
        fault.inject();
        return fault;
    }

    /** Undoes it. */
    void end(Fault fault) {
        under.remove(fault);
        fault.restore();
    }

    @Override
    public void close() {
        while (!under.isEmpty()) {
            under.pop().restore();
        }
    }

    /** Waits until it is so; answers how long that was. */
    Duration until(String what, BooleanSupplier so) {
        long from = System.nanoTime();
        Waiting.until(PATIENCE, what, so);
        return Duration.ofNanos(System.nanoTime() - from);
    }

    /** Waits until a node has said something since the beginning. */
    void untilSaid(LocalNode node, String text) {
        untilSaid(node.name() + " says: " + text, Set.of(node), text);
    }

    /** Waits until that is why a node's agent does what it does. */
    void untilReason(LocalNode node, String text) {
        until(
                node.name() + " does what it does because: " + text,
                () -> node.doing().contains(text));
    }

    /** Waits until anybody has. */
    void untilSaid(String text) {
        untilSaid("somebody says: " + text, Set.copyOf(scene.nodes()), text);
    }

    private void untilSaid(String what, Set<LocalNode> by, String text) {
        until(
                what,
                () -> scene.cluster().events().stream()
                        .skip(saidBefore)
                        .anyMatch(event -> event.message().contains(text)
                                && by.stream().anyMatch(node -> node.name().equals(event.node()))));
    }

    /** The record as it is now. */
    ClusterState record() {
        AtomicReference<ClusterState> read = new AtomicReference<>();
        until("the store answers", () -> {
            read.set(scene.cluster().readState());
            return true;
        });
        return Objects.requireNonNull(read.get());
    }

    /** The former standby takes over by itself, with writes; answers how long that took. */
    Duration untilTheStandbyTakesOver() {
        Duration took = until(
                standby().name() + " has taken over, and writes are acknowledged there",
                () -> acknowledged.get().stream().anyMatch(one -> one.epoch() > before.epoch()));
        mustBe(
                record().primary().node().value().equals(standby().name()),
                record().primary() + " has taken over, " + standby().name() + " was to");
        return took;
    }

    /** No write that is sent from now on is acknowledged for a while, by anybody. */
    void noWriteIsAcknowledgedForAWhile() {
        long from = System.nanoTime();
        // Time in which the library could do something and must not.
        until("a while has passed", () -> System.nanoTime() - from > A_WHILE.toNanos());
        acknowledged.get().stream()
                .filter(one -> one.sent() - from > 0)
                .findFirst()
                .ifPresent(one -> {
                    throw new IllegalStateException("no write was to be acknowledged, and this one was: " + one);
                });
    }

    /** Writes that are sent from now on are acknowledged; answers how long the first took. */
    Duration untilWritesGoOn() {
        long from = System.nanoTime();
        until(
                "writes go on",
                () -> acknowledged.get().stream()
                                .filter(one -> one.sent() - from > 0)
                                .count()
                        >= GOES_ON);
        return Duration.ofNanos(acknowledged.get().stream()
                        .mapToLong(Acknowledgement::nanos)
                        .filter(nanos -> nanos - from > 0)
                        .min()
                        .orElse(from)
                - from);
    }

    /** The record names the primary and the certified standby that it named at the beginning. */
    void theRecordIsAsBefore() {
        ClusterState now = record();
        mustBe(
                now.epoch() == before.epoch()
                        && now.active()
                        && now.primary().equals(before.primary())
                        && now.inSync().equals(before.inSync()),
                "the record was to stay as it was: " + before + ", and is " + now);
    }

    /** Nobody has taken over. */
    void thePrimaryIsAsBefore() {
        ClusterState now = record();
        mustBe(
                now.epoch() == before.epoch() && now.active() && now.primary().equals(before.primary()),
                "nobody was to take over: the record was " + before + ", and is " + now);
    }

    /** Waits until the standby is not certified any more, by the same primary. */
    void untilTheStandbyIsTakenOut() {
        until(
                standby().name() + " is taken out",
                () -> scene.cluster().readState().inSync().isEmpty());
        thePrimaryIsAsBefore();
    }

    static void mustBe(boolean so, String otherwise) {
        if (!so) {
            throw new IllegalStateException(otherwise);
        }
    }
}
