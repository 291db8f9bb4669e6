package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.STUDIO_1;
import static io.prontuario.ha.testing.Records.WITNESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.FailoverPolicies;
import io.prontuario.ha.model.ApprovalAnswer;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.EmergencyRules;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.spi.Approval;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.SyncControl;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Verb;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import io.prontuario.ha.testing.Records;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lost site, a witness that sees it, and an environment elsewhere, on a store in memory. */
final class EmergenciesTest {
    private static final String CLUSTER = "records";
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** The store counts as an observer after the session time: no test needs to wait for the usual one. */
    private static final Limits LIMITS = new Limits(
            Duration.ofMillis(200),
            Duration.ofMillis(200),
            Duration.ZERO,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofMillis(300),
            Duration.ofMillis(500));

    private static final EmergencyRules ASKING =
            new EmergencyRules(Duration.ZERO, true, Duration.ofHours(1), false, Duration.ofMinutes(1));
    private static final Declaration DECLARATION = new Declaration("cluster-0001", 4, "Ana");

    @TempDir
    private Path folder;

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    private final InMemoryClusterStore hand = ensemble.store();
    private final EmergencyControl control = EmergencyControl.of(hand);
    private final List<Engine> engines = new ArrayList<>();
    private final List<HaEvent> events = new CopyOnWriteArrayList<>();
    private final FakeEnvironment cloud = new FakeEnvironment();

    @BeforeEach
    void aRecordWithoutAnyNode() {
        hand.start(CLUSTER, new NodeName("hand"), () -> {});
        hand.create(Records.state(4), LIMIT);
    }

    @AfterEach
    void closeAll() {
        engines.forEach(Engine::close);
        hand.close();
    }

    private Engine witness(String name, InMemoryClusterStore store, EmergencyRules rules, @Nullable Approval approval) {
        FakeServer probe = FakeServer.without(new Copy(new NodeName(name), "0000"));
        probe.reachesNobody();
        Engine engine = new Engine(new EngineSettings(
                CLUSTER,
                new NodeName(name),
                NodeRole.WITNESS,
                store,
                List.of(probe, cloud.strategy()),
                FailoverPolicies.standard(),
                LIMITS,
                new EmergencySettings(rules, approval, Duration.ofMillis(50)),
                new InetSocketAddress("127.0.0.1", 0),
                folder.resolve(name),
                List.of(events::add),
                List.of(),
                List.of(),
                Map::of,
                Ticker.system(),
                InstantSource.system(),
                Machine.real()));
        engines.add(engine);
        engine.start();
        return engine;
    }

    private Engine witness(EmergencyRules rules) {
        return witness(WITNESS.value(), ensemble.store(), rules, null);
    }

    /** Its agent says that the server of studio-1 serves; studio-2 is certified by the record. */
    private void theSiteIsBack() {
        InMemoryClusterStore site = ensemble.store();
        site.start(CLUSTER, STUDIO_1, () -> {});
        SyncControl server = FakeServer.primary(COPY_1, "");
        site.publish(
                new NodeStatus(STUDIO_1, NodeRole.DATA, "127.0.0.1:1", false, server.status(), 4, "", "serving"), true);
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5));
    }

    private void await(EmergencyPhase phase) {
        soon().until(() -> control.now().filter(now -> now.phase() == phase).isPresent());
    }

    private List<String> history() {
        return hand.history(10, LIMIT).stream()
                .filter(one -> one.transitionId().startsWith("emergency-"))
                .flatMap(one -> one.steps().stream())
                .map(StepRecord::step)
                .toList();
    }

    @Test
    void aLostSiteIsAskedForApprovedServedElsewhereAndLedHomeAgain() {
        Engine witness = witness(ASKING);
        await(EmergencyPhase.ASKED);
        assertEquals(List.of(), cloud.calls());
        assertTrue(control.now().orElseThrow().reason().contains("seen by"), control.now()::toString);

        control.approve("Ana");

        await(EmergencyPhase.SERVING);
        assertEquals("awake, grown, name there, 0 waiting", cloud.state());
        assertTrue(cloud.calls().stream().allMatch("ENABLE EMERGENCY"::equals), cloud.calls()::toString);
        cloud.writes(2);
        control.failback("Ana");
        soon().until(() -> alarms().stream().anyMatch(said -> said.contains("clients stay where they are")));
        assertEquals(0, cloud.count(Verb.ISOLATE));

        theSiteIsBack();

        await(EmergencyPhase.ENDED);
        assertEquals("asleep, name home, 0 waiting", cloud.state());
        assertTrue(cloud.calls().contains("REJOIN FAILBACK"), cloud.calls()::toString);
        soon().until(() -> history().contains("ended"));
        assertTrue(
                history()
                        .containsAll(List.of(
                                "asked",
                                "enable nodes",
                                "enable available",
                                "enable",
                                "serving",
                                "isolate name",
                                "isolate drain",
                                "clearing",
                                "rejoin outbox")),
                history()::toString);
        soon().until(() -> witness.pages().get("/status") != null
                && !new String(witness.pages()
                                .get("/status")
                                .answer(new io.prontuario.ha.http.Request("/status", ""))
                                .body())
                        .contains("\"emergency\""));
        assertEquals(4, hand.read(LIMIT).orElseThrow().state().epoch(), "the record is nobody's business here");
    }

    private List<String> alarms() {
        return events.stream()
                .filter(event -> event.kind() == HaEvent.Kind.ALARM)
                .map(HaEvent::message)
                .toList();
    }

    /**
     * Whoever coordinates loses his session after every call of a step that has led to something new, before he could write of it, and
     * another goes on with what the store says.
     */
    @Test
    void aCoordinatorThatIsLostAfterEveryCallLeadsToTheSameEnd() {
        InMemoryClusterStore one = ensemble.store();
        InMemoryClusterStore other = ensemble.store();
        AtomicInteger lost = new AtomicInteger();
        Set<String> cut = ConcurrentHashMap.newKeySet();
        cloud.afterEachCall(() -> {
            List<String> calls = cloud.calls();
            if (!cut.add(calls.get(calls.size() - 1) + " " + cloud.whole())) {
                return;
            }
            InMemoryClusterStore leading = one.leadership().isPresent() ? one : other;
            leading.cutOff();
            leading.expire();
            leading.reconnect();
            lost.incrementAndGet();
        });
        witness("witness-1", one, ASKING, null);
        witness("witness-2", other, ASKING, null);
        await(EmergencyPhase.ASKED);

        control.approve("Ana");

        await(EmergencyPhase.SERVING);
        assertEquals("awake, grown, name there, 0 waiting", cloud.state());
        cloud.writes(1);
        theSiteIsBack();
        control.failback("Ana");
        await(EmergencyPhase.ENDED);
        assertEquals("asleep, name home, 0 waiting", cloud.state());
        assertTrue(lost.get() >= 7, "lost after " + lost + " calls: " + cloud.calls());
    }

    @Test
    void whatIsNotAnsweredInTimeIsDeclinedChangesNothingAndMayStillBeApproved() {
        witness(new EmergencyRules(Duration.ZERO, true, Duration.ofMillis(100), false, Duration.ofMinutes(1)));

        await(EmergencyPhase.DECLINED);
        assertEquals(List.of(), cloud.calls());
        assertTrue(control.now().orElseThrow().reason().contains("nobody has answered"), control.now()::toString);
        control.approve("Ana");
        await(EmergencyPhase.SERVING);
    }

    @Test
    void whatIsNotAnsweredInTimeIsGrantedWhereTheRulesSaySo() {
        witness(new EmergencyRules(Duration.ZERO, true, Duration.ofMillis(100), true, Duration.ofMinutes(1)));

        await(EmergencyPhase.SERVING);
        assertEquals("the rules", control.now().orElseThrow().by());
    }

    @Test
    void anApproverMayAnswerInsteadOfAPersonAndOneThatFailsIsAskedAgain() {
        AtomicInteger asked = new AtomicInteger();
        witness(WITNESS.value(), ensemble.store(), ASKING, what -> {
            if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("the pager is off");
            }
            return new ApprovalAnswer(ApprovalAnswer.Kind.GRANTED, "the pager of Ana");
        });

        await(EmergencyPhase.SERVING);
        assertEquals("the pager of Ana", control.now().orElseThrow().by());
        assertTrue(alarms().stream().anyMatch(said -> said.contains("the pager is off")), alarms()::toString);
    }

    @Test
    void aSiteThatServesAgainEndsWhatWasOnlyAskedFor() {
        witness(ASKING);
        await(EmergencyPhase.ASKED);

        theSiteIsBack();

        await(EmergencyPhase.ENDED);
        assertEquals(List.of(), cloud.calls());
    }

    /** The case that would have broken it: what was refused half-way was forgotten as soon as the loop looked elsewhere. */
    @Test
    void whatIsRefusedHalfwayStaysInTheStatusUntilItIsMended() {
        Engine witness = witness(ASKING);
        cloud.refuses("the quota is exhausted: have it raised");
        await(EmergencyPhase.ASKED);
        control.approve("Ana");

        soon().until(() -> status(witness).contains("stands at WAKING (enable): nodes: the quota is exhausted"));
        assertTrue(status(witness).contains("\"emergency\""), status(witness));
        cloud.refuses("");
        await(EmergencyPhase.SERVING);
        soon().until(() -> !status(witness).contains("the quota is exhausted"));
    }

    private static String status(Engine engine) {
        return new String(engine.pages()
                .get("/status")
                .answer(new io.prontuario.ha.http.Request("/status", ""))
                .body());
    }

    @Test
    void withoutTheStoreOnlyAPersonsDeclarationGoesOnAndItIsHandedOverLater() {
        InMemoryClusterStore store = ensemble.store();
        witness(WITNESS.value(), store, ASKING, null);
        Path state = folder.resolve(WITNESS.value());
        soon().until(() -> EmergencyControl.lastRecord(state).isPresent());
        await(EmergencyPhase.ASKED);
        store.cutOff();
        soon().until(() -> alarms().stream().anyMatch(said -> said.contains("does not go on without the store")));
        assertEquals(List.of(), cloud.calls());
        Declaration old = new Declaration("cluster-0001", 3, "Ana");
        assertThrows(IllegalStateException.class, () -> EmergencyControl.declareWithoutStore(state, old));

        EmergencyControl.declareWithoutStore(state, DECLARATION);

        soon().until(() -> EmergencyControl.declared(state)
                .filter(now -> now.phase() == EmergencyPhase.SERVING)
                .isPresent());
        assertTrue(cloud.calls().stream().allMatch("ENABLE DECLARED"::equals), cloud.calls()::toString);
        assertEquals(EmergencyPhase.ASKED, control.now().orElseThrow().phase());
        control.deny("Rui");
        store.reconnect();
        // Clients are there already, whatever was said about asking for it.
        await(EmergencyPhase.SERVING);
        assertTrue(control.now().orElseThrow().declared());
        soon().until(() -> EmergencyControl.declared(state).isEmpty());
    }

    @Test
    void whatWasDeclaredWithoutTheStoreDoesNotGetLostOverARehearsal() {
        InMemoryClusterStore store = ensemble.store();
        witness(WITNESS.value(), store, ASKING, null);
        Path state = folder.resolve(WITNESS.value());
        soon().until(() -> EmergencyControl.lastRecord(state).isPresent());
        store.cutOff();
        Emergency drill = control.rehearse("Ana");
        EmergencyControl.declareWithoutStore(state, DECLARATION);
        soon().until(() -> "awake, grown, name there, 0 waiting".equals(cloud.state()));

        store.reconnect();

        soon().until(() -> control.now()
                .filter(now -> now.declared() && !now.id().equals(drill.id()))
                .isPresent());
        soon().until(() -> EmergencyControl.declared(state).isEmpty());
    }

    @Test
    void whatWasDeclaredWithoutTheStoreIsInTheStoreOnceThatIsBackAndGoesHomeFromThere() {
        InMemoryClusterStore store = ensemble.store();
        EmergencyRules never =
                new EmergencyRules(Duration.ofHours(1), true, Duration.ofHours(1), false, Duration.ofMinutes(1));
        witness(WITNESS.value(), store, never, null);
        Path state = folder.resolve(WITNESS.value());
        soon().until(() -> EmergencyControl.lastRecord(state).isPresent());
        store.cutOff();
        EmergencyControl.declareWithoutStore(state, DECLARATION);
        soon().until(() -> "awake, grown, name there, 0 waiting".equals(cloud.state()));

        store.reconnect();

        await(EmergencyPhase.SERVING);
        assertTrue(control.now().orElseThrow().declared());
        soon().until(() -> EmergencyControl.declared(state).isEmpty());
        theSiteIsBack();
        control.failback("Ana");
        await(EmergencyPhase.ENDED);
        assertEquals("asleep, name home, 0 waiting", cloud.state());
    }

    @Test
    void aDeclarationNamesClusterAndEpochAndIsRefusedWhileThePrimaryServes() {
        assertTrue(assertThrows(
                        IllegalStateException.class, () -> control.declare(new Declaration("cluster-0001", 3, "Ana")))
                .getMessage()
                .contains("EMERGENCY:cluster-0001:4"));
        theSiteIsBack();
        soon().until(() -> !hand.nodes().isEmpty());
        assertTrue(assertThrows(IllegalStateException.class, () -> control.declare(DECLARATION))
                .getMessage()
                .contains("serves on site"));
        assertTrue(control.now().isEmpty());
    }

    @Test
    void aRehearsalWakesServesAndSleepsAgainWhileTheSiteServes() {
        theSiteIsBack();
        witness(ASKING);

        Emergency drill = control.rehearse("Ana");

        await(EmergencyPhase.ENDED);
        assertEquals(drill.id(), control.now().orElseThrow().id());
        assertEquals("asleep, name home, 0 waiting", cloud.state());
        assertTrue(cloud.calls().stream().allMatch(call -> call.endsWith(" DRILL")), cloud.calls()::toString);
        soon().until(() -> history().containsAll(List.of("serving", "returning", "clearing", "ended")));
    }

    @Test
    void aRehearsalThatIsRefusedSleepsAgain() {
        theSiteIsBack();
        cloud.refuses("the quota is exhausted");
        witness(ASKING);

        control.rehearse("Ana");

        await(EmergencyPhase.ENDED);
        soon().until(() -> history().contains("ended"));
        assertFalse(history().contains("serving"), history()::toString);
    }
}
