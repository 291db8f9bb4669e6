package io.prontuario.ha.decide;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static io.prontuario.ha.testing.Records.STUDIO_1;
import static io.prontuario.ha.testing.Records.STUDIO_2;
import static io.prontuario.ha.testing.ViewFixture.besideSlot;
import static io.prontuario.ha.testing.ViewFixture.hazard;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.AttachedStandby;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Hazard;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.testing.Records;
import io.prontuario.ha.testing.ViewFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What an agent does about certificates and names when they do not fit together. */
class CertificatesAndNamesTest {
    private static final Copy THIRD = new Copy(new NodeName("studio-3"), "c0de");
    private static final String WAITS_FOR_2 = "FIRST 1 (\"studio-2.7f3a\")";

    @Test
    void aCertificateThatTheNamesDoNotCoverGoesBeforeTheNamesAreMended() {
        // Names were emptied by somebody: commits were acknowledged without studio-2, which may lack them.
        AgentDecision decision = AgentPolicy.decide(primary(Records.state(1), "", "", 1));

        assertEquals(Duty.DECERTIFY, decision.duty());
        assertEquals(COPY_2, decision.subject());
        assertTrue(decision.alarm());
    }

    @Test
    void aCertificateCoveredByTheFileStandsAlthoughTheServerCouldNotBeAskedJustNow() {
        assertNotEquals(
                Duty.DECERTIFY,
                AgentPolicy.decide(primary(Records.state(1), WAITS_FOR_2, "", 1))
                        .duty());
    }

    @Test
    void nobodyIsProvenWhileNamesHoldACopyThatTheRecordMayHoldByNow() {
        // Studio-2's certificate was written and not answered; a proof of studio-3 must not take studio-2's name out.
        ClusterState asLastSeen = Records.state(1).withInSync(Set.of());

        AgentDecision decision = AgentPolicy.decide(primary(asLastSeen, WAITS_FOR_2, WAITS_FOR_2, 1, THIRD));

        assertEquals(Duty.SET_NAMES, decision.duty());
    }

    @Test
    void inStrictAStandbyIsCertifiedWhileTheGateIsShut() {
        ClusterState base = Records.state(1);
        ClusterState strict = new ClusterState(
                base.clusterId(),
                base.systemIdentifier(),
                1,
                base.transitionId(),
                1,
                COPY_1,
                true,
                Set.of(),
                List.of(),
                Durability.STRICT,
                1,
                false,
                null,
                null);
        String gate = "FIRST 1 (\"#gate\")";

        AgentDecision decision = AgentPolicy.decide(primary(strict, gate, gate, 0, COPY_2));

        assertEquals(Duty.CERTIFY, decision.duty());
        assertEquals(
                "FIRST 1000 (\"#gate\", \"studio-2.7f3a\")", decision.names().setting());
    }

    @Test
    void aCertifiedStandbyThatIsDownStartsWithoutAskingAPrimaryThatMayBeLost() {
        DataStatus down = status(COPY_2, ServerCondition.DOWN, ServerMode.STANDBY, "", "", List.of());

        assertEquals(
                Duty.START_AS_IT_WAS,
                AgentPolicy.decide(view(STUDIO_2, Records.state(1), down, 0, Map.of()))
                        .duty());
    }

    @Test
    void aCertificateGoesBeforeTheSettingIsMendedByWhichCommitsDidNotWait() {
        ViewFixture views = views().primary("studio-1", ServerCondition.RUNNING, hazard(Hazard.UNWAITED))
                .standby("studio-2", inSync());

        AgentDecision decision = AgentPolicy.decide(views.at("studio-1"));

        assertEquals(Duty.DECERTIFY, decision.duty());
        assertTrue(decision.alarm());
    }

    @Test
    void withoutTheStoreTheSettingIsMendedAllTheSame() {
        ViewFixture views = views().primary("studio-1", ServerCondition.RUNNING, hazard(Hazard.UNWAITED))
                .standby("studio-2", inSync())
                .storeConnectedFor(0);

        assertEquals(
                Duty.MEND_SETTINGS, AgentPolicy.decide(views.at("studio-1")).duty());
    }

    @Test
    void nobodyIsCertifiedBeforeEverySettingIsMended() {
        for (Hazard hazard : Hazard.values()) {
            ViewFixture views = views().primary("studio-1", ServerCondition.RUNNING, hazard(hazard))
                    .standby("studio-2", uncertified());
            AgentDecision decision = AgentPolicy.decide(views.at("studio-1"));
            assertEquals(Duty.MEND_SETTINGS, decision.duty(), hazard::name);
            assertTrue(decision.alarm());
        }
    }

    @Test
    void aPrimaryThatDoesNotFlushKeepsTheStandbyThatDoes() {
        ViewFixture views = views().primary("studio-1", ServerCondition.RUNNING, hazard(Hazard.UNFLUSHED))
                .standby("studio-2", inSync());

        assertEquals(
                Duty.MEND_SETTINGS, AgentPolicy.decide(views.at("studio-1")).duty());
    }

    @Test
    void aStandbyThatDoesNotFlushIsNoLongerCertifiedAndItsOwnAgentMendsIt() {
        ViewFixture views = views().primary("studio-1", ServerCondition.RUNNING)
                .standby("studio-2", inSync(), hazard(Hazard.UNFLUSHED));

        AgentDecision decision = AgentPolicy.decide(views.at("studio-1"));
        assertEquals(Duty.DECERTIFY, decision.duty());
        assertTrue(decision.alarm());
        assertEquals(
                Duty.MEND_SETTINGS, AgentPolicy.decide(views.at("studio-2")).duty());

        ViewFixture out = views().primary("studio-1", ServerCondition.RUNNING)
                .standby("studio-2", uncertified(), hazard(Hazard.UNFLUSHED));
        assertEquals(Duty.REST, AgentPolicy.decide(out.at("studio-1")).duty());
    }

    @Test
    void oneOfSeveralThatCouldCountTwiceIsNoLongerCertified() {
        ViewFixture views = views().primary("studio-1", ServerCondition.RUNNING)
                .standby("studio-2", inSync())
                .standby("studio-3", inSync(), besideSlot());

        AgentDecision decision = AgentPolicy.decide(views.at("studio-1"));
        assertEquals(Duty.DECERTIFY, decision.duty());
        assertEquals("studio-3", String.valueOf(decision.subject()).replaceAll("[.].*", ""));
        assertTrue(decision.reason().contains("ha restart studio-3"), decision::reason);
    }

    @Test
    void theOnlyCertifiedStandbyNeedsNoSlot() {
        ViewFixture views =
                views().primary("studio-1", ServerCondition.RUNNING).standby("studio-2", inSync(), besideSlot());

        assertEquals(Duty.REST, AgentPolicy.decide(views.at("studio-1")).duty());
    }

    private static ClusterView primary(
            ClusterState state, String inFile, String inEffect, long opened, Copy... attached) {
        List<AttachedStandby> standbys = List.of(attached).stream()
                .map(copy -> new AttachedStandby(copy, 1, true, 0))
                .toList();
        Map<NodeName, NodeStatus> nodes = new TreeMap<>();
        for (Copy copy : attached) {
            DataStatus follows =
                    status(copy, ServerCondition.RUNNING, ServerMode.STANDBY, "", "", List.<AttachedStandby>of());
            nodes.put(copy.node(), new NodeStatus(copy.node(), NodeRole.DATA, "", false, follows, 1, "", ""));
        }
        DataStatus local = status(COPY_1, ServerCondition.RUNNING, ServerMode.PRIMARY, inFile, inEffect, standbys);
        return view(STUDIO_1, state, local, opened, nodes);
    }

    private static DataStatus status(
            Copy copy,
            ServerCondition condition,
            ServerMode mode,
            String inFile,
            String inEffect,
            List<AttachedStandby> attached) {
        return new DataStatus(
                copy, "", condition, mode, 1, 0, 0, 0, null, attached, inFile, inEffect, SyncWait.NONE, "");
    }

    private static ClusterView view(
            NodeName self, ClusterState state, DataStatus local, long opened, Map<NodeName, NodeStatus> nodes) {
        return new ClusterView(
                self,
                NodeRole.DATA,
                Limits.DEFAULT,
                state,
                Duration.ofMinutes(1),
                null,
                local,
                Duration.ZERO,
                Duration.ofMinutes(1),
                Duration.ZERO,
                opened,
                List.of(),
                List.of(),
                false,
                false,
                null,
                false,
                nodes,
                List.of(),
                Answer.UNKNOWN,
                false,
                Duration.ZERO,
                Duration.ZERO,
                null);
    }
}
