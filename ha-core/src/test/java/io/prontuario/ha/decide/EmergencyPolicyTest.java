package io.prontuario.ha.decide;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.ViewFixture.agentGone;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.EmergencyDecision.Move;
import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ApprovalAnswer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.EmergencyRules;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.testing.ViewFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a lost site is left for an environment elsewhere, and by whose word. */
class EmergencyPolicyTest {
    private static final Duration LONG = Duration.ofHours(2);

    private static ViewFixture lost() {
        return views().primary("a", DOWN, agentGone())
                .standby("b", inSync(), is(DOWN), agentGone())
                .sighted("w", Answer.UNREACHED, 60_000);
    }

    private static EmergencyView seen(ClusterView view, @Nullable Emergency now, Duration lostFor, Duration phaseFor) {
        return new EmergencyView(
                view, now, true, lostFor, phaseFor, ApprovalAnswer.NOT_YET, EmergencyRules.DEFAULT, "");
    }

    private static Emergency emergency(EmergencyPhase phase, boolean declared) {
        return new Emergency(
                "e1",
                TransitionKind.EMERGENCY,
                phase,
                ViewFixture.CLUSTER,
                1,
                "lost",
                "Ana",
                declared,
                Instant.EPOCH,
                "");
    }

    @Test
    void asksOnlyWhenTwoObserversHaveSeenNobodyForLongEnough() {
        assertEquals(
                Move.ASK,
                EmergencyPolicy.decide(seen(lost().atWitness(), null, LONG, Duration.ZERO))
                        .move());
        assertEquals(
                Move.REST,
                EmergencyPolicy.decide(seen(lost().atWitness(), null, Duration.ofSeconds(59), Duration.ZERO))
                        .move());
        // The store alone, without anybody who has looked.
        ClusterView storeOnly = views().primary("a", DOWN, agentGone())
                .standby("b", inSync(), is(DOWN), agentGone())
                .atWitness();
        EmergencyDecision alone = EmergencyPolicy.decide(seen(storeOnly, null, LONG, Duration.ZERO));
        assertEquals(Move.REST, alone.move());
        assertTrue(alone.reason().contains("alone"), alone.reason());
        // One that has looked, and itself was connected for too short a time to believe the store.
        ClusterView justConnected = lost().storeConnectedFor(100).atWitness();
        assertEquals(
                Move.REST,
                EmergencyPolicy.decide(seen(justConnected, null, LONG, Duration.ZERO))
                        .move());
    }

    @Test
    void doesNotAskWhileAnyServerRunsOnSite() {
        ClusterView uncertified = views().primary("a", DOWN, agentGone())
                .standby("b", uncertified())
                .sighted("w", Answer.UNREACHED, 60_000)
                .atWitness();
        assertEquals(
                Move.REST,
                EmergencyPolicy.decide(seen(uncertified, null, LONG, Duration.ZERO))
                        .move());
        ClusterView reached = views().primary("a", RUNNING, agentGone())
                .standby("b", inSync(), is(DOWN), agentGone())
                .sighted("w", Answer.UNREACHED, 60_000)
                .sighted("x", Answer.REACHED, 10)
                .atWitness();
        assertEquals(
                Move.REST,
                EmergencyPolicy.decide(seen(reached, null, LONG, Duration.ZERO)).move());
    }

    @ParameterizedTest
    @EnumSource(EmergencyPhase.class)
    void beginsNothingAndGoesOnWithNothingThatNobodyHasDeclaredWithoutTheRecordInHand(EmergencyPhase phase) {
        EmergencyView blind = new EmergencyView(
                lost().atWitness(),
                emergency(phase, false),
                false,
                LONG,
                LONG,
                new ApprovalAnswer(ApprovalAnswer.Kind.GRANTED, "Ana"),
                EmergencyRules.DEFAULT,
                "");
        Set<Move> harmless = Set.of(Move.REST, Move.HOLD);
        assertTrue(harmless.contains(EmergencyPolicy.decide(blind).move()), phase::toString);
    }

    @ParameterizedTest
    @EnumSource(EmergencyPhase.class)
    void whatWasDeclaredGoesOnWithoutTheRecordOnlyAsFarAsServing(EmergencyPhase phase) {
        EmergencyView blind = new EmergencyView(
                lost().atWitness(),
                emergency(phase, true),
                false,
                LONG,
                Duration.ZERO,
                ApprovalAnswer.NOT_YET,
                EmergencyRules.DEFAULT,
                "");
        Move move = EmergencyPolicy.decide(blind).move();
        switch (phase) {
            case WAKING -> assertEquals(Move.WAKE, move);
            case SERVING -> assertEquals(Move.WATCH, move);
            case ASKED, DECLINED, RETURNING, CLEARING, ENDED ->
                assertTrue(move == Move.HOLD || move == Move.REST, move::toString);
        }
    }

    @Test
    void theWayBackWaitsForAnActivePrimaryAndACertifiedStandby() {
        Emergency back = emergency(EmergencyPhase.RETURNING, false);
        EmergencyDecision alone = EmergencyPolicy.decide(
                seen(views().primary("a", RUNNING).standby("b", uncertified()).atWitness(), back, LONG, LONG));
        assertEquals(Move.HOLD, alone.move());
        assertTrue(alone.reason().contains("no standby is certified"), alone.reason());
        assertEquals(
                Move.HOLD,
                EmergencyPolicy.decide(seen(lost().atWitness(), back, LONG, LONG))
                        .move());
        assertEquals(
                Move.LEAD_HOME,
                EmergencyPolicy.decide(seen(
                                views().primary("a", RUNNING)
                                        .standby("b", inSync())
                                        .atWitness(),
                                back,
                                LONG,
                                LONG))
                        .move());
    }

    @Test
    void nobodyMoreIsLedAwayOnceThePrimaryServesAgain() {
        Emergency waking = emergency(EmergencyPhase.WAKING, false);
        assertEquals(
                Move.HOLD,
                EmergencyPolicy.decide(seen(
                                views().primary("a", RUNNING)
                                        .standby("b", inSync())
                                        .atWitness(),
                                waking,
                                Duration.ZERO,
                                LONG))
                        .move());
        assertEquals(
                Move.WAKE,
                EmergencyPolicy.decide(seen(lost().atWitness(), waking, LONG, LONG))
                        .move());
    }

    /** A store that was put back to a former emergency must not lead clients away. */
    @Test
    void obeysNoStoreThatWasRolledBack() {
        ClusterView old =
                lost().epoch(3, 3).remembers(ViewFixture.CLUSTER, 4, "t4").atWitness();
        assertEquals(
                Move.HOLD,
                EmergencyPolicy.decide(seen(old, emergency(EmergencyPhase.WAKING, false), LONG, LONG))
                        .move());
    }

    /** Every pair of phases: what is no row is refused, and each phase is reached and left. */
    @Test
    void onlyTheRowsOfTheTableAreLegal() {
        for (EmergencyPhase from : EmergencyPhase.values()) {
            for (EmergencyPhase to : EmergencyPhase.values()) {
                boolean row = EmergencyProtocol.ROWS.stream().anyMatch(one -> one.from() == from && one.to() == to);
                boolean legal = EmergencyProtocol.move(emergency(from, false), to, "", "", Instant.EPOCH)
                        .next()
                        .isPresent();
                assertEquals(row, legal, from + " to " + to);
            }
        }
        List<EmergencyPhase> reached =
                EmergencyProtocol.ROWS.stream().map(EmergencyProtocol.Row::to).toList();
        assertTrue(Arrays.asList(EmergencyPhase.values()).stream().allMatch(reached::contains));
        Set<EmergencyPhase> left = EmergencyProtocol.ROWS.stream()
                .map(EmergencyProtocol.Row::from)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        assertEquals(EmergencyPhase.values().length - 1, left.size());
    }

    @Test
    void aDeclarationForAnotherClusterOrEpochIsRefusedWithTheRightToken() {
        ClusterState state =
                Objects.requireNonNull(lost().epoch(7, 7).atWitness().state());
        for (Declaration wrong :
                List.of(new Declaration("other", 7, "Ana"), new Declaration(state.clusterId(), 6, "Ana"))) {
            String refusal = EmergencyProtocol.declare(state, null, wrong, "e1", true, Instant.EPOCH)
                    .refusal();
            assertTrue(refusal.contains("EMERGENCY:" + state.clusterId() + ":7"), refusal);
        }
    }
}
