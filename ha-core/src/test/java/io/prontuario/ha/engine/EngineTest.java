package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static io.prontuario.ha.testing.Records.STUDIO_1;
import static io.prontuario.ha.testing.Records.STUDIO_2;
import static io.prontuario.ha.testing.Records.WITNESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.FailoverPolicies;
import io.prontuario.ha.ManualFailover;
import io.prontuario.ha.Switchover;
import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.http.Reply;
import io.prontuario.ha.http.Request;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.RecordFormat;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverPolicy;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.FenceRequest;
import io.prontuario.ha.spi.Fencer;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.ForwardingStrategy;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import io.prontuario.ha.testing.Records;
import io.prontuario.ha.testing.ScriptedStrategy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole control loops of several nodes in this process, on a store in memory and servers that are made up. */
final class EngineTest {
    private static final String CLUSTER = "records";
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String FOR_STUDIO_2 =
            ServerNames.waitingFor(List.of(COPY_2)).setting();

    @TempDir
    private Path folder;

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    private final InMemoryClusterStore hand = ensemble.store();
    private final List<Engine> engines = new ArrayList<>();
    private final List<HaEvent> events = new CopyOnWriteArrayList<>();
    private final Map<String, Runnable> told = new ConcurrentHashMap<>();
    private FailoverPolicy policy = FailoverPolicies.standard();
    private final ScriptedStrategy traffic = ScriptedStrategy.of("traffic", Layer.TRAFFIC, Placement.COORDINATOR);

    @BeforeEach
    void joinStore() {
        hand.start(CLUSTER, new NodeName("hand"), () -> {});
    }

    @AfterEach
    void closeAll() {
        engines.forEach(Engine::close);
        hand.close();
    }

    private void happened(HaEvent event) {
        events.add(event);
        told.forEach((word, act) -> {
            if (event.message().contains(word)) {
                act.run();
            }
        });
    }

    /** Does something as soon as a message with this word is told. */
    private void whenTold(String word, Runnable act) {
        told.put(word, act);
    }

    private Engine node(NodeName name, NodeRole role, ClusterStore store, FailoverStrategy... strategies) {
        Engine engine = new Engine(settings(name, role, store, strategies));
        engines.add(engine);
        engine.start();
        return engine;
    }

    private EngineSettings settings(NodeName name, NodeRole role, ClusterStore store, FailoverStrategy... strategies) {
        return new EngineSettings(
                CLUSTER,
                name,
                role,
                store,
                List.of(strategies),
                policy,
                Limits.DEFAULT,
                EmergencySettings.DEFAULT,
                new InetSocketAddress("127.0.0.1", 0),
                folder.resolve(name.value()),
                List.of(this::happened),
                List.of(),
                List.of(),
                Map::of,
                Ticker.system(),
                InstantSource.system(),
                Machine.real());
    }

    @Test
    void whatNeedsAnApprovalWaitsForItAndIsDoneOnceAPersonHasApproved() {
        policy = view -> {
            Decision decision = FailoverPolicies.standard().decide(view);
            return decision.kind() == Decision.Kind.FAIL_OVER
                    ? Decision.needsApproval(Objects.requireNonNull(decision.to()), "it is night")
                    : decision;
        };
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        serving(first, second);
        assertFalse(ManualFailover.on(hand).approve(COPY_2.node()).done(), "the primary serves");

        // One that is dead would be started again in place before long, and then it serves.
        first.hang();
        soon().until(() -> events.stream()
                .anyMatch(event ->
                        event.kind() == HaEvent.Kind.ALARM && event.message().contains("it is night")));
        assertEquals(4, now().state().epoch());

        Switchover.Result result = ManualFailover.on(hand).approve(COPY_2.node());
        assertTrue(result.done(), result::message);
        assertEquals(COPY_2, now().state().primary());
    }

    private void record(ClusterState state) {
        hand.create(state, LIMIT);
    }

    private Versioned now() {
        return hand.read(LIMIT).orElseThrow();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
    }

    /** A primary in epoch 4, its certified standby and a witness: somebody coordinates, and the primary is open. */
    private void serving(FakeServer first, FakeServer second) {
        record(Records.state(4));
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));
    }

    private void awaitCoordinator() {
        soon().until(() -> engines.stream()
                .anyMatch(engine -> engine.view() != null && engine.view().leading()));
    }

    @Test
    void theCertifiedStandbyTakesOverFromADeadServerAndTheTrafficFollows() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        serving(first, second);

        first.die();

        soon().until(() -> traffic.asked().contains("ENABLE studio-2"));
        soon().until(() -> now().state().transition() == null);
        ClusterState state = now().state();
        assertEquals(COPY_2, state.primary());
        assertTrue(state.active());
        assertEquals(5, state.epoch());
        assertEquals(Set.of(), state.inSync());
        assertEquals("ISOLATE studio-1", traffic.asked().get(0));
        assertTrue(second.acts().indexOf("promote") < second.acts().indexOf("open 5"), second.acts()::toString);
        soon().until(() -> !timeLines().isEmpty());
        Awaitility.await()
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(5))
                .until(() -> timeLines().size() == 1);
        String told = timeLines().get(0);
        assertTrue(told.startsWith("failover from " + COPY_1 + " to " + COPY_2 + " (epoch 5, "), told);
        List.of("detected +0 ms by ", "nominated +", "promoted +", "activated +", "opened +", "redirected +")
                .forEach(step -> assertTrue(told.contains(step), told));
    }

    /** Each write once without an answer, whether it has happened or not. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTakeoverComesToItsEndThoughTheStoreLeavesAWriteOfEachStepUnanswered(boolean happens) {
        Set<String> unanswered = ConcurrentHashMap.newKeySet();
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4));
        for (FakeServer server : List.of(first, second)) {
            ClusterStore store = new UnansweringStore(ensemble.store(), unanswered, happens);
            node(server == first ? STUDIO_1 : STUDIO_2, NodeRole.DATA, store, server, traffic);
        }
        node(WITNESS, NodeRole.WITNESS, new UnansweringStore(ensemble.store(), unanswered, happens), traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));

        first.die();

        soon().until(() -> now().state().epoch() > 4
                && now().state().active()
                && now().state().transition() == null);
        assertEquals(Set.of("affirmed", "nominated", "activated", "finished"), unanswered);
        assertEquals(5, now().state().epoch());
        assertEquals(COPY_2, now().state().primary());
        assertTrue(second.acts().contains("open 5"), second.acts()::toString);
        assertTrue(traffic.asked().contains("ENABLE studio-2"), traffic.asked()::toString);
    }

    @Test
    void trafficComesWhenTheNomineeIsActiveAndTheTransitionEndsOnlyWhenItIsOpen() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        second.openingsAre(() -> Outcome.retry("not yet", Duration.ofMillis(50)));
        serving(first, second);

        first.die();

        soon().until(() -> traffic.asked().contains("ENABLE studio-2"));
        assertTrue(now().state().active());
        Awaitility.await()
                .during(Duration.ofMillis(700))
                .atMost(LIMIT)
                .until(() -> now().state().transition() != null);
        second.openingsAre(() -> Outcome.done(""));
        soon().until(() -> now().state().transition() == null);
    }

    @Test
    void noTrafficComesToANomineeThatIsNotActive() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        second.promotionsAre(() -> Outcome.unknown("still in recovery"));
        serving(first, second);

        first.die();

        soon().until(() -> second.acts().stream().filter("promote"::equals).count() >= 3);
        assertEquals(List.of("ISOLATE studio-1"), traffic.asked());
        second.promotionsAre(() -> Outcome.done(""));
        soon().until(() -> traffic.asked().contains("ENABLE studio-2"));
        assertTrue(now().state().active());
    }

    @Test
    void theNodeOfTheCertifiedStandbyCoordinatesAndAnotherDoesOnceItIsGone() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4));
        Engine witness = node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        awaitCoordinator();
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        InMemoryClusterStore store = ensemble.store();
        Engine standby = node(STUDIO_2, NodeRole.DATA, store, second, traffic);

        soon().until(() -> standby.view() != null && standby.view().leading());
        soon().until(() -> !witness.view().leading());
        store.cutOff();
        store.expire();

        soon().until(() -> witness.view().leading());
    }

    @Test
    void aNomineeThatHasCoordinatedItsOwnTakeoverStillTellsTheTimeLine() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        record(Records.state(4));
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        Engine nominee = node(STUDIO_2, NodeRole.DATA, ensemble.store(), FakeServer.standby(COPY_2), traffic);
        soon().until(() -> nominee.view() != null && nominee.view().leading());
        soon().until(() -> first.acts().contains("open 4"));

        first.die();

        soon().until(() -> nominee.view() != null
                && !nominee.view().leading()
                && nominee.view().state() != null
                && nominee.view().state().active());
        soon().until(() -> !timeLines().isEmpty());
        assertTrue(timeLines().get(0).contains("redirected +"), timeLines()::toString);
    }

    /** The case that would have broken it: nobody had waited long enough for the nominee to be the one who notes the redirection. */
    @Test
    void theTimeLineShowsTheRedirectionAlsoWhenTheNomineeIsActiveLate() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4));
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        Engine nominee = node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));
        // Longer than the coordinator waits for it at a time.
        second.promotionsAre(() -> {
            soon().until(() -> nominee.view().nomineeStalledFor().compareTo(Duration.ofMillis(700)) > 0);
            return Outcome.done("");
        });

        first.die();

        soon().until(() -> timeLines().size() == 1);
        assertTrue(timeLines().get(0).contains("redirected +"), timeLines()::toString);
    }

    @Test
    void aRejoinThatFailsTimeAndAgainOrIsRefusedCallsForAPerson() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        first.die();
        first.rejoinsAre(Outcome.retry("the server ends at every start", Duration.ofMillis(10)));
        record(studio2HasTakenOver());
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);

        soon().until(() -> said("REJOIN_FAILED: the server ends at every start"));
        assertTrue(said("ha reinit " + STUDIO_1));
        assertTrue(first.acts().stream().filter("rejoin"::equals).count() >= 5);

        first.rejoinsAre(Outcome.refused("it is another cluster's"));
        soon().until(() -> said("REJOIN_FAILED: it is another cluster's"));
    }

    private boolean said(String words) {
        return events.stream().anyMatch(event -> event.message().contains(words));
    }

    private static ClusterState studio2HasTakenOver() {
        return new ClusterState(
                "cluster-0001",
                "7300000000000000001",
                5,
                "transition-5",
                5,
                COPY_2,
                true,
                Set.of(),
                List.of(),
                Durability.AVAILABLE,
                1,
                false,
                null,
                null);
    }

    /**
     * The case that would have broken it, with three data nodes: a former primary that lives on without its agent, or is a standby again by the
     * time the third looks for its upstream, sends its log to whoever stays with it, and who stays is never certified.
     */
    @Test
    void aStandbyThatStreamsFromAnotherThanThePrimaryRejoins() {
        FakeServer third = FakeServer.standby(COPY_1);
        third.streamsFrom(STUDIO_2);
        record(studio2HasTakenOver());
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), third, traffic);
        soon().until(() -> said("not yet certified standby of " + COPY_2));
        assertFalse(third.acts().contains("rejoin"));

        third.streamsFrom(new NodeName("studio-3"));
        soon().until(() -> third.acts().contains("rejoin"));
    }

    /** The case that would have broken it: a rejoin after which the server looks as before was begun thousands of times a second. */
    @Test
    void aRejoinAfterWhichNothingHasChangedIsRepeatedWithAPause() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        first.die();
        record(studio2HasTakenOver());
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);

        soon().until(() -> first.acts().stream().filter("rejoin"::equals).count() >= 3);
        int soFar = first.acts().size();
        Awaitility.await()
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(10))
                .until(() -> first.acts().size() <= soFar + 5);
    }

    /** The same with names: every time the record was written again, as fast as the store took it. */
    @Test
    void namesThatCannotBeSeenToHaveChangedAreSetAgainWithAPause() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2);
        first.showsNoNewNames();
        record(Records.state(4).withInSync(Set.of()));
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);

        soon().until(() ->
                first.acts().stream().filter(act -> act.startsWith("names")).count() >= 2);
        int soFar = now().version();
        Awaitility.await()
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(10))
                .until(() -> now().version() <= soFar + 20);
    }

    /** The case that would have broken it: it kept the leadership, failed in every look, and nobody else could lead. */
    @Test
    void aCoordinatorThatCannotRememberLeavesItToAnother() throws IOException {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        record(Records.state(4));
        // A file where its folder would be: nothing can be written there, whoever tries.
        Files.writeString(folder.resolve(WITNESS.value()), "");
        Engine witness = node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);

        Engine other = engines.get(1);
        soon().until(() -> other.view() != null && other.view().leading());
        assertFalse(witness.view().leading());
    }

    private List<String> timeLines() {
        return events.stream()
                .map(HaEvent::message)
                .filter(message -> message.contains(" took "))
                .toList();
    }

    @Test
    void nobodyTakesOverWhenNoStandbyIsCertified() {
        FakeServer first = FakeServer.primary(COPY_1, "");
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4).withInSync(Set.of()));
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));

        first.die();

        soon().until(() -> first.acts().contains("start PRIMARY_BEHIND_GATE"));
        soon().until(() -> events.stream()
                .anyMatch(event ->
                        event.message().contains("no standby is certified to hold every acknowledged commit")));
        assertEquals(4, now().state().epoch());
        assertFalse(second.acts().contains("promote"));
    }

    /** Once it fails, once it is done, and once it is done while the primary's agent has the record written: that nomination must not land. */
    @Test
    void inAsyncSomebodyTakesOverOnceTheFencerHasSucceededAndNotBefore() {
        FakeServer first = FakeServer.primary(COPY_1, "");
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4).withInSync(Set.of()).withDurability(Durability.ASYNC, 1));
        List<FenceRequest> asked = new CopyOnWriteArrayList<>();
        Fencer fencer = request -> {
            asked.add(request);
            if (asked.size() <= 3) {
                return Outcome.refused("the power supply does not answer, try " + asked.size());
            }
            if (asked.size() == 4) {
                // As when the fenced server is started again by its agent, which writes the record before it opens.
                Versioned present = now();
                assertEquals(WriteOutcome.DONE, hand.compareAndSet(present, present.state(), null, LIMIT));
            }
            return Outcome.done("off");
        };
        fencing(STUDIO_1, NodeRole.DATA, fencer, first, traffic);
        fencing(STUDIO_2, NodeRole.DATA, fencer, second, traffic);
        fencing(WITNESS, NodeRole.WITNESS, fencer, traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));
        assertEquals(List.of(), asked);

        first.hang();

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> second.acts().contains("promote"));
        assertTrue(asked.size() >= 5, asked::toString);
        assertEquals(COPY_1, asked.get(0).primary());
        assertEquals(COPY_2, now().state().primary());
        assertEquals(5, now().state().epoch());
        assertTrue(
                events.stream().anyMatch(event -> event.message().contains("is not fenced, so nobody takes over")),
                events::toString);
        // However often it fails, of one coordinator that is one step: else the history would soon hold nothing else.
        soon().until(() -> fencings().stream()
                .anyMatch(step -> step.transitionId().equals(now().state().transitionId())));
        List<NodeName> refused = fencings().stream()
                .filter(step -> step.outcome().equals("refused"))
                .map(StepRecord::node)
                .toList();
        assertEquals(refused.stream().distinct().toList(), refused);
    }

    private List<StepRecord> fencings() {
        return events.stream()
                .flatMap(event -> Stream.ofNullable(event.step()))
                .filter(step -> step.step().equals("fenced"))
                .toList();
    }

    @Test
    void inAsyncSomebodyTakesOverFromAServerThatItsAgentStartsInVain() {
        FakeServer first = FakeServer.primary(COPY_1, "");
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4).withInSync(Set.of()).withDurability(Durability.ASYNC, 1));
        Fencer fencer = request -> Outcome.done("off");
        fencing(STUDIO_1, NodeRole.DATA, fencer, first, traffic);
        fencing(STUDIO_2, NodeRole.DATA, fencer, second, traffic);
        fencing(WITNESS, NodeRole.WITNESS, fencer, traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));

        first.startsInVain();
        first.die();

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> second.acts().contains("promote"));
        assertEquals(
                3,
                first.acts().stream()
                        .filter("start PRIMARY_BEHIND_GATE"::equals)
                        .limit(3)
                        .count(),
                () -> first.acts().toString());
    }

    private void fencing(NodeName name, NodeRole role, Fencer fencer, FailoverStrategy... strategies) {
        EngineSettings plain = settings(name, role, ensemble.store(), strategies);
        Engine engine = new Engine(new EngineSettings(
                        plain.cluster(),
                        plain.self(),
                        plain.role(),
                        plain.store(),
                        plain.strategies(),
                        FailoverPolicies.fenced(),
                        plain.limits(),
                        plain.emergency(),
                        plain.listen(),
                        plain.stateFolder(),
                        plain.listeners(),
                        plain.checks(),
                        plain.measures(),
                        plain.functionality(),
                        plain.ticker(),
                        plain.clock(),
                        plain.machine())
                .withFencer(fencer));
        engines.add(engine);
        engine.start();
    }

    @Test
    void nobodyTakesOverInAPausedClusterAndItsPrimaryIsRestartedInPlace() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        serving(first, second);

        new RecordByHand(hand, Ticker.system(), LIMIT).paused(true);
        first.die();

        soon().until(() -> first.acts().contains("start PRIMARY_BEHIND_GATE"));
        soon().until(() -> events.stream()
                .anyMatch(event -> event.kind() == HaEvent.Kind.ALARM
                        && event.message().contains("the cluster is paused (ha resume)")));
        assertEquals(4, now().state().epoch());

        new RecordByHand(hand, Ticker.system(), LIMIT).paused(false);

        soon().until(() -> now().state().active() && now().state().epoch() == 5);
        assertEquals(COPY_2, now().state().primary());
    }

    @Test
    void anHeirThatRefusesIsReplacedByTheFormerPrimary() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        second.promotionsAre(() -> Outcome.refused("max_connections is too low"));
        serving(first, second);

        first.die();

        soon().until(() -> now().state().active() && now().state().epoch() > 4);
        assertEquals(COPY_1, now().state().primary());
        assertEquals(6, now().state().epoch());
        assertEquals(8, now().state().timeline());
    }

    @Test
    void theFormerPrimaryIsTakenBackWhenItComesBackToANomineeThatRefuses() {
        FakeServer second = FakeServer.standby(COPY_2);
        second.promotionsAre(() -> Outcome.refused("its disk is full"));
        second.reachesNobody();
        record(Records.state(4));
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        soon().until(() -> events.stream().anyMatch(event -> event.message().contains("no other heir is alive")));
        assertEquals(COPY_2, now().state().primary());

        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2);
        first.die();
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);

        soon().until(() -> now().state().active() && now().state().epoch() > 4);
        assertEquals(COPY_1, now().state().primary());
        soon().until(() -> first.acts().contains("open " + now().state().epoch()));
    }

    /**
     * The case that would have broken it: two acts were on their way at once, the end of the first was taken for the end of both, and
     * what was decided meanwhile was done twice. The second promotion shut the gate of a primary that was open.
     */
    @Test
    void theTargetOfASwitchoverIsPromotedOnceHoweverLongItAttends() {
        FakeServer second = FakeServer.standby(COPY_2);
        CountDownLatch attending = new CountDownLatch(1);
        CountDownLatch nominated = new CountDownLatch(1);
        CountDownLatch decided = new CountDownLatch(1);
        second.whileAttending(() -> {
            attending.countDown();
            awaitQuietly(nominated, LIMIT);
            // Nothing more is begun while this goes on; without that guard the promotion is waiting behind it by now.
            awaitQuietly(decided, Duration.ofMillis(500));
        });
        second.whileKeepingReady(() -> awaitQuietly(new CountDownLatch(1), Duration.ofMillis(50)));
        second.promotionsAre(() -> {
            awaitQuietly(new CountDownLatch(1), Duration.ofMillis(300));
            return Outcome.done("");
        });
        whenTold("PROMOTE", decided::countDown);
        record(Records.state(4));
        changed(state -> Protocol.askSwitchover(state, COPY_2, "t5", "planned", Instant.EPOCH));
        Engine engine = node(STUDIO_2, NodeRole.DATA, ensemble.store(), second);
        awaitQuietly(attending, LIMIT);

        Versioned asked = now();
        hand.compareAndSet(
                asked, Protocol.completeSwitchover(asked.state(), "t5").next().orElseThrow(), null, LIMIT);
        soon().until(() -> engine.view() != null
                && Objects.requireNonNull(engine.view().state()).epoch() == 5);
        nominated.countDown();

        soon().until(() -> second.acts().contains("open 5"));
        Awaitility.await()
                .during(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(5))
                .until(() -> Collections.frequency(second.acts(), "promote") == 1);
    }

    /** A person can choose the moment of a switchover: better not now than with an outage. */
    @Test
    void aSwitchoverThatAProxyCouldNotFollowIsTakenBackAndTheDryRunSaysWhatItWouldDo() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        List<String> asked = new CopyOnWriteArrayList<>();
        FailoverStrategy readOnly = new ForwardingStrategy(traffic) {
            @Override
            public Outcome prepare(StepRequest request) {
                asked.add(request.step().toString());
                return Outcome.refused("its socket is for reading");
            }

            @Override
            public String describe(Step step) {
                return "flips the made-up proxy to " + step.target();
            }
        };
        record(Records.state(4));
        published(STUDIO_1, first);
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, readOnly);
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), readOnly);
        awaitCoordinator();
        soon().until(() -> Objects.requireNonNull(engines.get(0).view()).state() != null);
        Reply dryRun =
                Objects.requireNonNull(engines.get(0).pages().get("/plan")).answer(new Request("/plan", ""));
        assertTrue(dryRun.body().contains("flips the made-up proxy to studio-2"), dryRun::body);

        changed(state -> Protocol.askSwitchover(state, COPY_2, "t5", "planned", Instant.EPOCH));

        soon().until(() -> said("could not follow: its socket is for reading"));
        soon().until(() -> now().state().switchingTo().isEmpty());
        assertEquals(COPY_1, now().state().primary());
        assertEquals(4, now().state().epoch());
        assertEquals(1, asked.size(), asked::toString);
        assertFalse(second.acts().contains("promote"));
    }

    @Test
    void whoeverAskedForASwitchoverIsToldTheEndOfTheTakeoverThatItBecame() {
        record(Records.state(4));
        published(STUDIO_1, FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2));
        published(STUDIO_2, FakeServer.standby(COPY_2));
        soon().until(() -> hand.nodes().size() == 2);
        List<String> stages = new CopyOnWriteArrayList<>();
        CompletableFuture<Switchover.Result> asked =
                CompletableFuture.supplyAsync(() -> Switchover.on(hand).run(STUDIO_2, stages::add));
        soon().until(() -> asked.isDone() || now().state().transition() != null);

        changed(state -> Protocol.nominate(state, COPY_2, "t5", TransitionKind.FAILOVER, "dead", Instant.EPOCH));
        soon().until(() -> stages.stream().anyMatch(stage -> stage.contains("is nominated in epoch 5")));
        changed(state -> Protocol.activate(state, COPY_2, state.timeline()));

        soon().until(asked::isDone);
        assertEquals(COPY_2 + " is the primary of epoch 5", asked.join().message());
        assertTrue(asked.join().done());
    }

    private void published(NodeName name, FakeServer server) {
        InMemoryClusterStore store = ensemble.store();
        store.start(CLUSTER, name, () -> {});
        store.publish(new NodeStatus(name, NodeRole.DATA, "127.0.0.1:1", false, server.status(), 4, "", "REST"), true);
    }

    private void changed(Function<ClusterState, Change> change) {
        Versioned before = now();
        assertEquals(
                WriteOutcome.DONE,
                hand.compareAndSet(before, change.apply(before.state()).next().orElseThrow(), null, LIMIT));
    }

    private static void awaitQuietly(CountDownLatch latch, Duration limit) {
        try {
            latch.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The case that would have broken it: names narrowed by an old reading while the certificate had landed. */
    @Test
    void namesAreNotNarrowedWhileACertificateOfUnknownFateMayHaveLanded() {
        FakeServer first = FakeServer.primary(COPY_1, "", COPY_2);
        StaleStore store = new StaleStore(ensemble.store());
        record(Records.state(4).withInSync(Set.of()));
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), FakeServer.standby(COPY_2));
        first.beforeCertifying(() -> {
            store.holdUp();
            store.real().loseNextReply();
        });
        node(STUDIO_1, NodeRole.DATA, store, first);

        soon().until(() -> now().state().inSync().contains(COPY_2));
        soon().until(() ->
                events.stream().anyMatch(event -> event.message().contains("the record has changed meanwhile")));

        assertEquals(FOR_STUDIO_2, first.status().namesInEffect());
        assertFalse(
                first.acts()
                        .subList(
                                first.acts().indexOf("prove " + COPY_2),
                                first.acts().size())
                        .contains("names ''"),
                first.acts()::toString);
    }

    @Test
    void anAgentThatClosesInOrderIsNotTakenForALossAndItsServersDeathIs() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4));
        Engine leaving = node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));
        // The coordinator has been connected for long enough to take it for vanished.
        soon().until(() -> engines.stream()
                .anyMatch(engine -> engine.view() != null
                        && engine.view().leading()
                        && engine.view().storeConnectedFor().compareTo(Limits.DEFAULT.sessionTime()) > 0));

        leaving.close();

        soon().until(() -> hand.nodes().get(STUDIO_1).leaving());
        Awaitility.await()
                .during(Duration.ofMillis(1500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> now().state().epoch() == 4);
        second.reachesNobody();
        soon().until(() ->
                now().state().primary().equals(COPY_2) && now().state().active());
    }

    @Test
    void saysAloudThatThePrimarysAgentHasLostTheStore() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        InMemoryClusterStore store = ensemble.store();
        record(Records.state(4));
        node(STUDIO_1, NodeRole.DATA, store, first, traffic);
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), FakeServer.standby(COPY_2), traffic);
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));

        store.cutOff();
        store.expire();

        soon().until(() -> events.stream()
                .anyMatch(event -> event.kind() == HaEvent.Kind.ALARM
                        && event.message().contains("has lost its session but answers on /primary")));
        assertEquals(4, now().state().epoch());
    }

    /** Nobody who coordinated it is left, as after a power cut: without an election there would be nobody to bring it to its end. */
    @Test
    void nodesThatStartWhileATransitionIsOpenElectACoordinatorThatFinishesIt() {
        FakeServer second = FakeServer.standby(COPY_2);
        record(Protocol.nominate(Records.state(4), COPY_2, "t-5", TransitionKind.FAILOVER, "lost", Instant.EPOCH)
                .next()
                .orElseThrow());

        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);

        soon().until(() -> now().state().active() && now().state().transition() == null);
        assertEquals(5, now().state().epoch());
        assertEquals(COPY_2, now().state().primary());
        assertTrue(traffic.asked().contains("ENABLE studio-2"), traffic.asked()::toString);
    }

    /** Whether its answer was lost on the way back or the write itself on the way there: one nomination, and said once. */
    @Test
    void aNominationOfUnknownFateIsLookedIntoAndMadeOnceHoweverOftenThatHappens() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        StaleStore store = new StaleStore(ensemble.store());
        record(Records.state(4));
        node(WITNESS, NodeRole.WITNESS, store, traffic);
        awaitCoordinator();
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), FakeServer.standby(COPY_2), traffic);
        soon().until(() -> first.acts().contains("open 4"));

        store.loseWrites(3);
        store.beforeNextWrite(() -> store.real().loseNextReply());
        first.die();

        soon().until(() -> now().state().active() && now().state().epoch() > 4);
        assertEquals(5, now().state().epoch());
        assertEquals(0, store.lossesLeft());
        assertEquals(
                1,
                events.stream()
                        .filter(event -> event.message().equals("nomination of " + COPY_2 + ": unknown; looking again"))
                        .count());
    }

    /** Opening it anew would take a write of the record: the pair is well, and its clients would wait for the store. */
    @Test
    void aPrimaryThatHungForAMomentWhileTheStoreIsAwayIsOpenAgainAtOnce() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        record(Records.state(4));
        Engine engine = node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        soon().until(() -> first.acts().contains("open 4"));
        ensemble.stop();
        soon().until(() -> events.stream().anyMatch(event -> event.message().contains("the store is not reached")));

        first.hang();
        // For several looks.
        Awaitility.await()
                .during(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(20))
                .until(() -> conditionSeenBy(engine) == ServerCondition.HUNG);
        first.goOn();

        soon().until(() -> conditionSeenBy(engine) == ServerCondition.RUNNING);
        assertEquals(4, Objects.requireNonNull(engine.view()).openedEpoch());
        assertEquals(
                1, first.acts().stream().filter(act -> act.equals("open 4")).count());
    }

    private static ServerCondition conditionSeenBy(Engine engine) {
        return Objects.requireNonNull(engine.view()).local().condition();
    }

    @Test
    void aServerIsLeftAloneWhileTheStoreIsAway() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        record(Records.state(4));
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        soon().until(() -> first.acts().contains("open 4"));

        ensemble.stop();

        soon().until(() -> events.stream().anyMatch(event -> event.message().contains("the store is not reached")));
        first.die();
        Awaitility.await()
                .during(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(5))
                .until(() -> first.acts().stream().noneMatch(act -> act.startsWith("start")));
        ensemble.resume();
        soon().until(() -> first.acts().contains("start PRIMARY_BEHIND_GATE"));
    }

    @Test
    void aStoreThatWasRolledBackIsNotObeyed() {
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4));
        Versioned former = now();
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);
        new MemoryFile(folder.resolve(STUDIO_1.value())).remember(Records.state(5));
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);

        soon().until(() -> events.stream().anyMatch(event -> event.message().contains("the store was rolled back")));

        assertEquals(List.of(), first.acts());
        assertEquals(former.version(), now().version());
    }

    /**
     * The record of a later version names another primary, who is not active yet: by a guess at it the standby would promote and the primary
     * would shut itself. It is left to whoever understands it.
     */
    @Test
    void byARecordOfAHigherFormatNobodyActsAndThePrimaryGoesOnServing() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        serving(first, second);
        soon().until(() -> now().state().transition() == null);
        Versioned understood = now();
        List<String> acts = List.copyOf(first.acts());
        ClusterState nominated = Protocol.nominate(
                        understood.state(),
                        COPY_2,
                        "later",
                        TransitionKind.FAILOVER,
                        "of a later version",
                        Instant.EPOCH)
                .next()
                .orElseThrow();
        RecordFormat beyond = new RecordFormat(RecordFormat.UNDERSTOOD + 1, Map.of());

        hand.compareAndSet(understood, nominated.withFormat(beyond), null, LIMIT);

        soon().until(() -> events.stream()
                        .filter(event -> event.kind() == HaEvent.Kind.ALARM
                                && event.message().contains("the record is of format 2"))
                        .map(HaEvent::node)
                        .distinct()
                        .count()
                == 3);
        soon().until(() -> engines.stream()
                .noneMatch(engine -> Objects.requireNonNull(engine.view()).leading()));
        String status = Objects.requireNonNull(engines.get(0).pages().get("/status"))
                .answer(new Request("/status", ""))
                .body();
        assertTrue(status.contains("\"servesAsPrimary\":true"), status);
        assertTrue(status.contains("\"obeysRecord\":false"), status);
        first.die();
        Awaitility.await()
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(5))
                .until(() -> first.acts().equals(acts) && !second.acts().contains("promote"));

        // Whoever wrote it takes it back to what all understand.
        ensemble.restoreRecord(
                CLUSTER,
                new Versioned(
                        nominated, understood.version() + 2, understood.incarnation(), "write of a later version"));
        soon().until(() -> now().state().active() && now().state().primary().equals(COPY_2));
    }

    /** The other way round each: an additional field of a later version outlives a takeover that older nodes carry out. */
    @Test
    void whatALaterVersionHasAddedOutlivesATakeoverByNodesThatDoNotKnowIt() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        serving(first, second);
        RecordFormat added = new RecordFormat(RecordFormat.UNDERSTOOD, Map.of("residence", "\"south\""));
        soon().until(() -> {
            Versioned now = now();
            return hand.compareAndSet(now, now.state().withFormat(added), null, LIMIT) == WriteOutcome.DONE;
        });

        first.die();

        soon().until(() -> now().state().epoch() == 5
                && now().state().active()
                && now().state().transition() == null);
        assertEquals(added, now().state().format());
    }

    /**
     * Found by the simulator (docs/simulation.md): a third node that had done nothing since a takeover was nominated by the record from before
     * it, and acknowledged beside the primary.
     */
    @Test
    void whoHasOnlySeenAnEpochRemembersIt() {
        record(Records.state(5).withInSync(Set.of()));
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        awaitCoordinator();
        FakeServer second = FakeServer.standby(COPY_2);

        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);

        soon().until(() -> {
            NodeMemory remembered = new MemoryFile(folder.resolve(STUDIO_2.value())).remembered();
            return remembered != null && remembered.epoch() == 5;
        });
        assertEquals(List.of(), second.acts());
    }

    /**
     * Obeyed by a coordinator, the old record's primary would have been replaced, and each nomination raised the epoch. Obeyed by an agent
     * that was away when the later epoch began, its server would be opened beside the primary of that epoch (found by the simulator,
     * docs/simulation.md).
     */
    @Test
    void aRecordBelowWhatALivingNodeHasObeyedIsObeyedByNobody() {
        record(Records.state(4));
        Versioned former = now();
        new MemoryFile(folder.resolve(STUDIO_2.value())).remember(Records.state(5));
        Engine standby = node(STUDIO_2, NodeRole.DATA, ensemble.store(), FakeServer.standby(COPY_2), traffic);
        soon().until(() -> standby.view() != null && standby.view().leading());
        soon().until(() -> Optional.ofNullable(hand.nodes().get(STUDIO_2))
                .filter(status -> status.epoch() == 5)
                .isPresent());
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);

        Engine away = node(STUDIO_1, NodeRole.DATA, ensemble.store(), first);
        soon().until(() -> Optional.ofNullable(away.view())
                .flatMap(view -> view.status(STUDIO_2))
                .filter(status -> status.epoch() == 5)
                .isPresent());
        first.die();

        Awaitility.await()
                .during(Duration.ofMillis(700))
                .atMost(LIMIT)
                .until(() -> first.acts().isEmpty());
        assertTrue(events.stream()
                .anyMatch(event ->
                        event.kind() == HaEvent.Kind.ALARM && event.message().contains("the store was rolled back")));
        assertEquals(former.version(), now().version());
        assertEquals(List.of(), traffic.asked());
    }

    @Test
    void initialisingAgainDoesNotPutAnEmptyDatabaseInThePlaceOfALostOne() {
        record(Records.state(4));
        FakeServer empty = FakeServer.without(COPY_1);

        assertThrows(
                IllegalStateException.class,
                () -> Bootstrap.run(
                        settings(STUDIO_1, NodeRole.DATA, ensemble.store(), empty),
                        Durability.AVAILABLE,
                        1,
                        line -> {}));

        assertEquals(List.of(), empty.acts());
    }
}
