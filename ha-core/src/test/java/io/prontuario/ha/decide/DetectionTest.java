package io.prontuario.ha.decide;

import static io.prontuario.ha.model.Answer.REACHED;
import static io.prontuario.ha.model.Answer.UNKNOWN;
import static io.prontuario.ha.model.Answer.UNREACHED;
import static io.prontuario.ha.model.Verdict.Kind.DEAD;
import static io.prontuario.ha.model.Verdict.Kind.UNCERTAIN;
import static io.prontuario.ha.testing.ViewFixture.agentGone;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.leaving;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.Verdict;
import io.prontuario.ha.testing.ViewFixture;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether the primary counts as dead; the suspicion time is 1 s, the session time 2 s. */
class DetectionTest {

    @ParameterizedTest
    @EnumSource(
            value = ServerCondition.class,
            names = {"DOWN", "HUNG"})
    void itsOwnAgentsVerdictBeatsEverySighting(ServerCondition condition) {
        is(DEAD, views().primary("a", condition).sighted("b", REACHED, 1).sighted("w", REACHED, 1));
    }

    @ParameterizedTest
    @EnumSource(
            value = ServerCondition.class,
            names = {"RUNNING", "STARTING", "UNKNOWN"})
    void anAgentThatDoesNotCallItDeadDoesNotVouchForItEither(ServerCondition condition) {
        // Its network to everybody else may be cut while its way to the store is not.
        is(DEAD, views().primary("a", condition).sighted("b", UNREACHED, 1000).sighted("w", UNREACHED, 1000));
    }

    /** Ages in ms of two observers' last contact. */
    @ParameterizedTest
    @CsvSource({
        "UNREACHED, 1000, UNREACHED, 1000, DEAD",
        "UNREACHED, 5000, UNREACHED, 999, UNCERTAIN",
        "UNREACHED, 5000, REACHED, 100, ALIVE",
        "UNREACHED, 5000, REACHED, 499, ALIVE",
        "UNREACHED, 5000, REACHED, 500, UNCERTAIN",
        "REACHED, 1000, UNREACHED, 1000, DEAD",
        // Nobody has tried and failed: whoever looked was paused himself.
        "REACHED, 60000, REACHED, 60000, UNCERTAIN",
        // A full server or a wrong password says nothing.
        "UNKNOWN, 60000, UNREACHED, 1000, DEAD",
        "UNKNOWN, 60000, REACHED, 10, ALIVE",
        "UNKNOWN, 0, UNKNOWN, 0, UNCERTAIN",
    })
    void oneFreshSightingVetoesAndAllNegativeOnesAreEnough(
            Answer first, long firstAge, Answer second, long secondAge, Verdict.Kind expected) {
        is(
                expected,
                views().primary("a", ServerCondition.RUNNING)
                        .sighted("b", first, firstAge)
                        .sighted("w", second, secondAge));
    }

    /** How long ago two nodes reached the server, and a proxy its agent. */
    @ParameterizedTest
    @CsvSource({
        "UNREACHED, 2999, UNREACHED, 60000, REACHED, 10, ALIVE",
        "UNREACHED, 3000, UNREACHED, 60000, REACHED, 10, DEAD",
        // Without a proxy's veto the suspicion time is enough.
        "UNREACHED, 1000, UNREACHED, 60000, REACHED, 1000, DEAD",
        "UNREACHED, 1000, UNREACHED, 60000, UNKNOWN, 10, DEAD",
        "UNREACHED, 60000, REACHED, 10, REACHED, 10, ALIVE",
        "UNREACHED, 60000, REACHED, 600, UNREACHED, 60000, UNCERTAIN",
        // Nobody has tried to reach the server and failed.
        "REACHED, 60000, UNKNOWN, 0, REACHED, 10, ALIVE",
        "UNKNOWN, 0, UNKNOWN, 0, REACHED, 10, ALIVE",
    })
    void aProxyThatReachesTheAgentVetoesOnlyForAWhileWhenNoNodeReachesTheServer(
            Answer first,
            long firstAge,
            Answer second,
            long secondAge,
            Answer proxy,
            long proxyAge,
            Verdict.Kind expected) {
        is(
                expected,
                views().primary("a", ServerCondition.RUNNING)
                        .sighted("b", first, firstAge)
                        .sighted("w", second, secondAge)
                        .sightedByProxy("b", proxy, proxyAge)
                        .sightedByProxy("w", proxy, proxyAge));
    }

    @Test
    void aPrimaryIsReachedByWhoeverReachesItsServerAndByAProxyOnlyForANodeThatHasNotFailedItself() {
        assertTrue(reached(alive().sighted("w", REACHED, 999)));
        assertTrue(reached(alive().sighted("w", REACHED, 10).sightedByProxy("w", UNREACHED, 5000)));
        assertTrue(reached(alive().sighted("b", UNREACHED, 5000).sighted("w", REACHED, 10)));
        // A witness that is told no server's address.
        assertTrue(reached(alive().sightedByProxy("w", REACHED, 10)));
        assertTrue(reached(alive().sighted("w", UNKNOWN, 0).sightedByProxy("w", REACHED, 10)));
        assertFalse(reached(alive().sighted("w", REACHED, 1000)));
        assertFalse(reached(alive().sighted("w", UNREACHED, 10)));
        // Who would go on alone by this could not be reached by those who are to go on with it.
        assertFalse(reached(alive().sighted("w", UNREACHED, 500).sightedByProxy("w", REACHED, 10)));
        assertFalse(reached(alive()));
    }

    private static ViewFixture alive() {
        return views().primary("a", ServerCondition.RUNNING);
    }

    private static boolean reached(ViewFixture fixture) {
        return Detection.reached(fixture.atWitness().sightings(), Duration.ofSeconds(1));
    }

    @Test
    void nothingIsKnownBeforeAnybodyHasLooked() {
        is(UNCERTAIN, views().primary("a", ServerCondition.RUNNING));
    }

    /** The agent's session is gone, somebody has just reached the server, or nobody can say. */
    @ParameterizedTest
    @CsvSource({
        // Nobody looks after a server that streams on.
        "REACHED, UNREACHED, 2000, DEAD",
        // It serves, and can do nothing else.
        "REACHED, REACHED, 2000, CUT_OFF",
        "REACHED, UNKNOWN, 2000, UNCERTAIN",
        // It is the one that decides who has lost the store.
        "REACHED, UNREACHED, 1999, UNCERTAIN",
        "UNKNOWN, UNREACHED, 2000, DEAD",
        "UNKNOWN, REACHED, 2000, CUT_OFF",
    })
    void anAgentThatVanishedCountsAsDeadWhenItDoesNotAnswer(
            Answer sighting, Answer onPrimary, long connectedMillis, Verdict.Kind expected) {
        is(
                expected,
                views().primary("a", ServerCondition.RUNNING, agentGone())
                        .standby("b", inSync())
                        .sighted("b", sighting, 10)
                        .primaryAnswers(onPrimary)
                        .storeConnectedFor(connectedMillis));
    }

    /** It has said goodbye: that it answers no more, and what it said of its server before, says nothing. */
    @ParameterizedTest
    @CsvSource({
        "RUNNING, REACHED, 10, ALIVE",
        "DOWN, REACHED, 10, ALIVE",
        "RUNNING, UNREACHED, 999, UNCERTAIN",
        // Its server died after it.
        "RUNNING, UNREACHED, 1000, DEAD",
    })
    void aServerWhoseAgentHasLeftIsAsOthersSeeIt(
            ServerCondition atTheEnd, Answer sighting, long age, Verdict.Kind expected) {
        is(
                expected,
                views().primary("a", atTheEnd, leaving())
                        .standby("b", inSync())
                        .sighted("b", sighting, age)
                        .primaryAnswers(UNREACHED));
    }

    @Test
    void aSilentHostIsDeadWithoutAskingItsAgent() {
        is(
                DEAD,
                views().primary("a", ServerCondition.RUNNING, agentGone())
                        .sighted("w", UNREACHED, 1000)
                        .primaryAnswers(UNKNOWN)
                        .storeConnectedFor(0));
    }

    private static void is(Verdict.Kind expected, ViewFixture fixture) {
        Verdict verdict = Detection.verdict(fixture.atWitness(), fixture.state());
        assertEquals(expected, verdict.kind(), verdict.reason());
    }
}
