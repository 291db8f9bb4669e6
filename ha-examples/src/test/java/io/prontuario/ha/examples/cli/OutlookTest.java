package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SyncWait;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every refusal in one line: what {@code ha status} says about a takeover, and what stands in its way. */
class OutlookTest {
    private static final NodeName STUDIO_1 = new NodeName("studio-1");
    private static final NodeName STUDIO_2 = new NodeName("studio-2");
    private static final Copy COPY_1 = new Copy(STUDIO_1, "1a2b");
    private static final Copy COPY_2 = new Copy(STUDIO_2, "7f3a");
    private static final NodeStatus PRIMARY = node(COPY_1, ServerMode.PRIMARY, "");
    private static final NodeStatus STANDBY = node(COPY_2, ServerMode.STANDBY, "");
    private static final NodeAnswer WELL = new NodeAnswer(false, true, true, List.of());
    private static final NodeAnswer COORDINATES = new NodeAnswer(true, true, true, List.of());
    private static final Map<NodeName, NodeAnswer> ALL_WELL = Map.of(STUDIO_1, WELL, STUDIO_2, COORDINATES);

    @Test
    void allIsWellWithoutAWordOfTrouble() {
        assertEquals(
                new Outlook(true, "possible, to [studio-2.7f3a]", List.of()),
                Outlook.of(certified(), List.of(PRIMARY, STANDBY), ALL_WELL));
    }

    @Test
    void whoIsNotCertifiedIsToldWithTheReasonOfThePrimarysAgent() {
        String reason = "studio-2.7f3a is not certified yet: replay is paused on studio-2";
        Map<NodeName, NodeAnswer> answers =
                Map.of(STUDIO_1, new NodeAnswer(false, true, true, List.of(reason)), STUDIO_2, COORDINATES);

        Outlook outlook = Outlook.of(uncertified(), List.of(PRIMARY, STANDBY), answers);

        assertFalse(outlook.possible());
        assertEquals("not possible: no standby is certified to hold every acknowledged commit", outlook.takeover());
        assertEquals(List.of("studio-1: " + reason), outlook.troubles());
    }

    @Test
    void whoIsNotCertifiedWithoutAReasonIsToldAllTheSame() {
        assertEquals(
                List.of("studio-2: is not certified yet: the primary's agent has not proven it"),
                Outlook.of(uncertified(), List.of(PRIMARY, STANDBY), ALL_WELL).troubles());
        assertEquals(
                List.of("studio-2: is not certified: its server does not run as a standby"),
                Outlook.of(uncertified(), List.of(PRIMARY, node(COPY_2, ServerMode.NONE, "")), ALL_WELL)
                        .troubles());
    }

    @Test
    void aPausedClusterSaysHowItGoesOn() {
        Outlook outlook = Outlook.of(certified().withPaused(true), List.of(PRIMARY, STANDBY), ALL_WELL);
        assertFalse(outlook.possible());
        assertEquals("not possible: the cluster is paused; ha resume allows it again", outlook.takeover());
    }

    @Test
    void aNomineeThatRefusesIsToldWithItsReason() {
        ClusterState nominated = state(COPY_2, false, Set.of(), List.of(COPY_2, COPY_1));
        NodeStatus refusing = node(COPY_2, ServerMode.STANDBY, "max_connections is 100, the primary had 200");

        Outlook outlook = Outlook.of(nominated, List.of(PRIMARY, refusing), ALL_WELL);

        assertFalse(outlook.possible());
        assertEquals(
                "under way: studio-2.7f3a is nominated, and refuses: max_connections is 100, the primary had 200",
                outlook.takeover());
    }

    @Test
    void aCertifiedStandbyWithoutAnAgentIsNamedWithTheNextMove() {
        Outlook outlook = Outlook.of(certified(), List.of(PRIMARY), Map.of(STUDIO_1, COORDINATES));
        assertFalse(outlook.possible());
        assertEquals(
                "not possible: certified are [studio-2.7f3a], but none of their agents is alive with a standby running",
                outlook.takeover());
        assertEquals(
                List.of("studio-2: has no session: its agent does not run, or does not reach the store."
                        + " Start ha node there"),
                outlook.troubles());
    }

    @Test
    void withoutACoordinatorNobodyTakesOver() {
        Outlook outlook = Outlook.of(certified(), List.of(PRIMARY, STANDBY), Map.of(STUDIO_1, WELL, STUDIO_2, WELL));
        assertFalse(outlook.possible());
        assertTrue(outlook.takeover().contains("no node coordinates"), outlook.takeover());
    }

    /** The one that has not answered may well be the coordinator. */
    @Test
    void whoDoesNotAnswerIsNamedAndMayCoordinate() {
        Outlook outlook = Outlook.of(certified(), List.of(PRIMARY, STANDBY), Map.of(STUDIO_1, WELL));
        assertTrue(outlook.possible());
        assertEquals(
                List.of("studio-2: has a session but does not answer on 192.0.2.10:8008: others and proxies ask there;"
                        + " check http and the network"),
                outlook.troubles());
    }

    @Test
    void aRecordThatIsNotObeyedMakesATakeoverImpossible() {
        String rolledBack = "the store is at epoch 4, this node has obeyed 6: the store was rolled back";
        Outlook outlook = Outlook.of(
                certified(),
                List.of(PRIMARY, STANDBY),
                Map.of(STUDIO_1, new NodeAnswer(false, true, false, List.of(rolledBack)), STUDIO_2, COORDINATES));
        assertFalse(outlook.possible());
        assertTrue(outlook.takeover().contains("[studio-1] remember more than the record says"), outlook.takeover());
        assertEquals(List.of("studio-1: " + rolledBack), outlook.troubles());
    }

    @Test
    void namesThatSomebodyElseChangedAreTold() {
        String foreign = "names '' do not wait for studio-2.7f3a, which is certified";
        assertEquals(
                List.of("studio-1: does not reach the store at this moment", "studio-1: " + foreign),
                Outlook.of(
                                certified(),
                                List.of(PRIMARY, STANDBY),
                                Map.of(
                                        STUDIO_1,
                                        new NodeAnswer(false, false, true, List.of(foreign)),
                                        STUDIO_2,
                                        COORDINATES))
                        .troubles());
    }

    @Test
    void readsWhatANodeAnswersAndNothingElse() {
        assertEquals(
                new NodeAnswer(true, true, false, List.of("one", "two")),
                NodeAnswer.parse("{\"coordinating\":true,\"store\":\"CONNECTED\",\"obeysRecord\":false,"
                        + "\"troubles\":[\"one\",\"two\"]}"));
        assertThrows(RuntimeException.class, () -> NodeAnswer.parse("<html>"));
        assertThrows(RuntimeException.class, () -> NodeAnswer.parse("{}"));
    }

    private static ClusterState certified() {
        return state(COPY_1, true, Set.of(COPY_2), List.of());
    }

    private static ClusterState uncertified() {
        return state(COPY_1, true, Set.of(), List.of());
    }

    private static ClusterState state(Copy primary, boolean active, Set<Copy> inSync, List<Copy> heirs) {
        return new ClusterState(
                "cluster-0001",
                "7300000000000000001",
                4,
                "t4",
                2,
                primary,
                active,
                inSync,
                heirs,
                Durability.AVAILABLE,
                1,
                false,
                null,
                null);
    }

    private static NodeStatus node(Copy copy, ServerMode mode, String refusal) {
        DataStatus data = new DataStatus(
                copy, "", ServerCondition.RUNNING, mode, 2, 0, 0, 0, null, List.of(), "", "", SyncWait.NONE, "");
        return new NodeStatus(copy.node(), NodeRole.DATA, "192.0.2.10:8008", false, data, 4, refusal, "REST");
    }
}
