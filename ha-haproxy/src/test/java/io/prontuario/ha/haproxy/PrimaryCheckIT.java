package io.prontuario.ha.haproxy;

import static io.prontuario.ha.haproxy.HaproxyLab.ONE;
import static io.prontuario.ha.haproxy.HaproxyLab.PATIENCE;
import static io.prontuario.ha.haproxy.HaproxyLab.TWO;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** HAProxy's check of {@code /primary}: what it does to the traffic, and what it tells of a silent host. */
class PrimaryCheckIT {
    private static final NodeName SELF = new NodeName("witness");

    private HaproxyLab lab;
    private HaproxyStrategy haproxy;
    private final AtomicInteger woken = new AtomicInteger();

    @BeforeEach
    void begin() {
        lab = HaproxyLab.open();
        haproxy = HaproxyStrategy.of(lab.settings().build());
        haproxy.start(new StrategyContext(SELF, Ticker.system(), woken::incrementAndGet));
        assertTrue(haproxy.enable(Requests.enable(ONE)).holds());
    }

    @AfterEach
    void end() throws IOException {
        haproxy.close();
        lab.close();
    }

    private Sighting sighting(NodeName node) {
        return haproxy.sightings(node).get(0);
    }

    private void awaitAnswer(Answer answer) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> sighting(ONE).answer() == answer);
    }

    @Test
    void anUnavailablePrimaryGetsNoConnectionsAndLosesThoseItHas() {
        LabelledClient client = lab.connect();
        assertTrue(client.works());

        lab.agent(ONE).answer(PrimaryResponder.Mode.UNAVAILABLE);

        await().atMost(PATIENCE).until(() -> lab.route().isEmpty());
        assertFalse(client.works());
        lab.agent(ONE).answer(PrimaryResponder.Mode.OK);
        await().atMost(PATIENCE).until(() -> lab.route().equals("one"));
    }

    @Test
    void aServerWhoseAgentHasLeftInOrderKeepsItsConnectionsAndGetsNewOnes() throws IOException {
        LabelledClient client = lab.connect();
        awaitAnswer(Answer.REACHED);
        lab.agent(ONE).close();
        awaitAnswer(Answer.UNREACHED);

        assertTrue(haproxy.reconcileUnattended(Requests.active(ONE)).holds());

        // Several times as long as it takes to take a server out by its check.
        await().during(Duration.ofSeconds(3))
                .atMost(PATIENCE)
                .until(() -> lab.view().serves("one"));
        assertTrue(client.works());
        assertEquals("one", lab.route());
        assertEquals(Answer.UNKNOWN, sighting(ONE).answer());
        assertEquals(
                Outcome.Kind.ALREADY_SO,
                haproxy.reconcileUnattended(Requests.active(ONE)).kind());

        assertTrue(haproxy.reconcile(Requests.active(ONE)).holds());
        await().atMost(PATIENCE).until(() -> lab.route().isEmpty());
    }

    @Test
    void aServerThatWasTakenOutBeforeAnybodyKnewThatItsAgentHadLeftIsBackInService() throws IOException {
        lab.agent(ONE).close();
        await().atMost(PATIENCE).until(() -> lab.route().isEmpty());

        assertTrue(haproxy.reconcileUnattended(Requests.active(ONE)).holds());

        assertEquals("one", lab.route());
    }

    @Test
    void aFailoverWhileACheckIsSuspendedIsLikeAnyOther() throws IOException {
        lab.agent(ONE).close();
        assertTrue(haproxy.reconcileUnattended(Requests.active(ONE)).holds());

        assertTrue(haproxy.isolate(Requests.isolate(ONE)).holds());
        assertTrue(haproxy.enable(Requests.enable(TWO)).holds());

        assertEquals("two", lab.route());
        assertTrue(haproxy.reconcile(Requests.active(TWO)).holds());
        assertTrue(lab.view().closed("one"));
    }

    @Test
    void oneLateAnswerTakesNobodyOut() {
        LabelledClient client = lab.connect();

        // Longer than "timeout check", 300 ms: this check fails.
        lab.agent(ONE).delayNext(Duration.ofMillis(450));

        await().atMost(PATIENCE).until(() -> lab.say("show stat pg 4 -1").contains("L7TOUT"));
        await().atMost(PATIENCE).until(lab.agent(ONE)::wasLate);
        await().atMost(PATIENCE).until(() -> lab.say("show stat pg 4 -1").contains("L7OK"));
        assertTrue(client.works());
        assertEquals("one", lab.route());
    }

    /** The first check after "ready" alone would take it out, whatever "fall" says, without "health up". */
    @Test
    void aLateFirstAnswerTakesNobodyOutEither() {
        haproxy.isolate(Requests.isolate(ONE));
        lab.agent(ONE).delayNext(Duration.ofMillis(450));

        haproxy.enable(Requests.enable(ONE));
        LabelledClient client = lab.connect();

        await().atMost(PATIENCE).until(() -> lab.say("show stat pg 4 -1").contains("L7TOUT"));
        assertTrue(lab.view().serves("one"));
        assertTrue(client.works());
    }

    @Test
    void seesAHostThatAnswers() {
        awaitAnswer(Answer.REACHED);

        Sighting seen = sighting(ONE);
        assertEquals(SELF, seen.observer());
        assertEquals(ONE, seen.target());
        assertEquals("proxy check " + lab.unix(), seen.means());
        assertTrue(woken.get() > 0);
    }

    @Test
    void anUnavailablePrimaryIsNotASilentHost() {
        awaitAnswer(Answer.REACHED);
        lab.agent(ONE).answer(PrimaryResponder.Mode.UNAVAILABLE);

        await().atMost(PATIENCE).until(() -> !lab.view().serves("one"));

        // The check has failed often enough to take the server out, and an agent has answered every time.
        awaitAnswer(Answer.UNKNOWN);
    }

    @Test
    void aHostThatFreezesIsUnreachedAndItsAgeGrowsFromBeforeItFroze() throws IOException {
        try (AgentProcess agent = AgentProcess.inPlaceOf(lab, ONE)) {
            awaitAnswer(Answer.REACHED);
            int before = woken.get();

            agent.freeze();
            long frozen = System.nanoTime();

            awaitAnswer(Answer.UNREACHED);
            Sighting seen = sighting(ONE);
            Duration since = Duration.ofNanos(System.nanoTime() - frozen);
            assertTrue(woken.get() > before);
            // It was reached before it froze, never after: a younger sighting would hold up a failover.
            await().atMost(PATIENCE).until(() -> sighting(ONE).lastReachedAge().compareTo(Duration.ofSeconds(1)) > 0);
            assertEquals(Answer.UNREACHED, sighting(ONE).answer());
            assertTrue(
                    seen.lastReachedAge().plusMillis(1).compareTo(since) >= 0,
                    "reached " + seen.lastReachedAge().toMillis() + " ms ago, frozen " + since.toMillis() + " ms ago");

            agent.thaw();
            awaitAnswer(Answer.REACHED);
        }
    }

    @Test
    void aHostThatRefusesIsUnreached() throws IOException {
        awaitAnswer(Answer.REACHED);

        lab.agent(ONE).close();

        awaitAnswer(Answer.UNREACHED);
    }

    @Test
    void nonsenseSaysNothing() {
        awaitAnswer(Answer.REACHED);

        lab.agent(ONE).answer(PrimaryResponder.Mode.NONSENSE);

        awaitAnswer(Answer.UNKNOWN);
    }

    @Test
    void knowsNothingOfAServerInMaintenance() {
        awaitAnswer(Answer.REACHED);
        assertEquals(Answer.UNKNOWN, sighting(TWO).answer());

        haproxy.isolate(Requests.isolate(ONE));

        awaitAnswer(Answer.UNKNOWN);
    }

    @Test
    void knowsNothingWhenTheProxyIsAway() {
        awaitAnswer(Answer.REACHED);

        lab.kill();

        awaitAnswer(Answer.UNKNOWN);
        lab.restart();
        assertTrue(haproxy.reconcile(Requests.active(ONE)).holds());
        awaitAnswer(Answer.REACHED);
    }

    /** HAProxy shows the result from before the maintenance until the next check has ended: measured on 2.6. */
    @Test
    void doesNotTakeAResultFromBeforeAMaintenanceForANewOne() throws IOException {
        end();
        // Checks so far apart that the old result is there to be read, and three rounds, since it is so only between
        // two.
        lab = HaproxyLab.with(text -> text.replace("inter 200ms", "inter 600ms"));
        haproxy = HaproxyStrategy.of(
                lab.settings().checkInterval(Duration.ofMillis(600)).build());
        haproxy.start(new StrategyContext(SELF, Ticker.system(), woken::incrementAndGet));
        for (int round = 0; round < 3; round++) {
            lab.agent(ONE).answer(PrimaryResponder.Mode.OK);
            haproxy.enable(Requests.enable(ONE));
            awaitAnswer(Answer.REACHED);
            haproxy.isolate(Requests.isolate(ONE));
            awaitAnswer(Answer.UNKNOWN);
            lab.agent(ONE).answer(PrimaryResponder.Mode.SILENT);

            haproxy.enable(Requests.enable(ONE));

            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> {
                Answer answer = sighting(ONE).answer();
                assertTrue(answer != Answer.REACHED, "reached, by a check from before");
                return answer == Answer.UNREACHED;
            });
        }
    }

    @Test
    void hasNothingToSayOfANodeWithoutAServerOrWithoutAStart() {
        assertTrue(haproxy.sightings(new NodeName("studio-3")).isEmpty());
        try (HaproxyStrategy other = HaproxyStrategy.of(lab.settings().build())) {
            assertTrue(other.sightings(ONE).isEmpty());
        }
        try (HaproxyStrategy blind =
                HaproxyStrategy.of(lab.settings().checkInterval(Duration.ZERO).build())) {
            blind.start(new StrategyContext(SELF, Ticker.system(), () -> {}));
            assertTrue(blind.sightings(ONE).isEmpty());
        }
    }
}
