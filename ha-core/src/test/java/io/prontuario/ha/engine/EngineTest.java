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
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import io.prontuario.ha.testing.Records;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    private final FakeTraffic traffic = new FakeTraffic();

    @BeforeEach
    void joinStore() {
        hand.start(CLUSTER, new NodeName("hand"), () -> {});
    }

    @AfterEach
    void closeAll() {
        engines.forEach(Engine::close);
        hand.close();
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
                FailoverPolicies.standard(),
                Limits.DEFAULT,
                new InetSocketAddress("127.0.0.1", 0),
                folder.resolve(name.value()),
                List.of(events::add),
                List.of(),
                List.of(),
                Ticker.system(),
                InstantSource.system());
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

    private void awaitCoordinator() {
        soon().until(() -> engines.stream()
                .anyMatch(engine -> engine.view() != null && engine.view().leading()));
    }

    @Test
    void theCertifiedStandbyTakesOverFromADeadServerAndTheTrafficFollows() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4));
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));

        first.die();

        soon().until(() -> traffic.steps().contains("ENABLE studio-2"));
        soon().until(() -> now().state().transition() == null);
        ClusterState state = now().state();
        assertEquals(COPY_2, state.primary());
        assertTrue(state.active());
        assertEquals(5, state.epoch());
        assertEquals(Set.of(), state.inSync());
        assertEquals("ISOLATE studio-1", traffic.steps().get(0));
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

    @Test
    void nobodyTakesOverInAPausedClusterAndItsPrimaryIsRestartedInPlace() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4));
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));

        Pausing.set(hand, true, Ticker.system(), LIMIT);
        first.die();

        soon().until(() -> first.acts().contains("start PRIMARY_BEHIND_GATE"));
        soon().until(() -> events.stream()
                .anyMatch(event -> event.kind() == HaEvent.Kind.ALARM
                        && event.message().contains("the cluster is paused (ha resume)")));
        assertEquals(4, now().state().epoch());

        Pausing.set(hand, false, Ticker.system(), LIMIT);

        soon().until(() -> now().state().active() && now().state().epoch() == 5);
        assertEquals(COPY_2, now().state().primary());
    }

    @Test
    void anHeirThatRefusesIsReplacedByTheFormerPrimary() {
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        FakeServer second = FakeServer.standby(COPY_2);
        second.promotionsAre(() -> Outcome.refused("max_connections is too low"));
        record(Records.state(4));
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first, traffic);
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second, traffic);
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        awaitCoordinator();
        soon().until(() -> first.acts().contains("open 4"));

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

    /** Obeyed by a witness, the old record's primary would have been replaced, and each nomination raised the epoch. */
    @Test
    void aCoordinatorThatRemembersMoreThanTheStoreNominatesNobodyAndMovesNoTraffic() {
        FakeServer second = FakeServer.standby(COPY_2);
        record(Records.state(4));
        new MemoryFile(folder.resolve(WITNESS.value())).remember(Records.state(5));
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second);
        FakeServer first = FakeServer.primary(COPY_1, FOR_STUDIO_2, COPY_2);
        node(STUDIO_1, NodeRole.DATA, ensemble.store(), first);
        soon().until(() -> first.acts().contains("open 4"));
        engines.forEach(engine -> soon().until(() -> engine.view() != null));
        engines.get(0).close();
        node(WITNESS, NodeRole.WITNESS, ensemble.store(), traffic);
        soon().until(() ->
                engines.get(2).view() != null && engines.get(2).view().leading());
        node(STUDIO_2, NodeRole.DATA, ensemble.store(), second);

        first.die();

        soon().until(() -> events.stream().anyMatch(event -> event.message().contains("the store was rolled back")));
        assertEquals(4, now().state().epoch());
        assertEquals(List.of(), traffic.steps());
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
