package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.simulation.ModelPair;
import io.prontuario.ha.simulation.TwoServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The simulator's servers (docs/simulation.md) do what PostgreSQL does, where the design relies on it: each script runs against the model and
 * against the same pair of real servers, one after the other, since the last leaves two that have diverged.
 */
class FidelityIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void theModelDoesWhatTheServerDoes() {
        RealPair real = new RealPair(lab);
        try (ModelPair model = new ModelPair()) {
            for (TwoServers servers : new TwoServers[] {model, real}) {
                namesAreObeyedWhenTheCheckpointerHasHandledThem(servers);
                aCancelledWaitLeavesTheCommitAndNoAnswerToTrust(servers);
                aCrashMakesVisibleWhatWaited(servers);
                aPromotionPassesOverTimelinesThatItKnowsOf(servers);
                aStandbyAcknowledgesByPosition(servers);
                whatItHasReportedOutlivesItsConnection(servers);
            }
        }
    }

    private static void namesAreObeyedWhenTheCheckpointerHasHandledThem(TwoServers servers) {
        servers.waitForNobody();
        servers.stopStandby();
        servers.stopCheckpointer();
        servers.nameStandby();
        servers.commit("shown, not obeyed");
        assertTrue(servers.comesToBeAcknowledged("shown, not obeyed"), servers + " waited already");

        servers.letCheckpointerGoOn();
        servers.commit("obeyed");
        assertTrue(servers.comesToWait("obeyed"), servers + " did not wait");
        servers.letStandbyGoOn();
        assertTrue(servers.comesToBeAcknowledged("obeyed"), servers + " went on waiting");
        assertTrue(servers.isOnPrimary("obeyed"));
        assertTrue(servers.comesToStandby("shown, not obeyed"));
    }

    private static void aCancelledWaitLeavesTheCommitAndNoAnswerToTrust(TwoServers servers) {
        servers.waitForStandby();
        servers.stopStandby();
        servers.commit("cancelled");
        assertTrue(servers.comesToWait("cancelled"));
        servers.cancel("cancelled");
        assertFalse(servers.isAcknowledged("cancelled"), servers + " acknowledged what was cancelled");
        assertTrue(servers.isOnPrimary("cancelled"), servers + " undid what was cancelled");
        servers.letStandbyGoOn();
        assertTrue(servers.comesToStandby("cancelled"));
    }

    private static void aCrashMakesVisibleWhatWaited(TwoServers servers) {
        servers.stopStandby();
        servers.commit("waited");
        assertTrue(servers.comesToWait("waited"));
        servers.crashPrimary();
        assertFalse(servers.isAcknowledged("waited"));
        assertTrue(servers.isOnPrimary("waited"), servers + " lost what was flushed and waited");
        servers.letStandbyGoOn();
        assertTrue(servers.comesToStandby("waited"));
    }

    private static void aPromotionPassesOverTimelinesThatItKnowsOf(TwoServers servers) {
        servers.waitForStandby();
        servers.cutStandbyOff();
        servers.writeWhatNobodyGets();
        assertEquals(4, servers.takeOver(2, 3), servers + " took another timeline");
    }

    /** The former primary's log went on after the fork. */
    private static void aStandbyAcknowledgesByPosition(TwoServers servers) {
        servers.waitForStandby();
        servers.commit("released by a position");
        assertTrue(servers.comesToWait("released by a position"));
        servers.followUnrewound();
        assertTrue(
                servers.comesToBeAcknowledged("released by a position"), servers + " asked for more than a position");
        assertTrue(servers.isOnPrimary("released by a position"));
        assertFalse(servers.isOnStandby("released by a position"), servers + ": it got there after all");
    }

    private static void whatItHasReportedOutlivesItsConnection(TwoServers servers) {
        servers.loseStandby();
        servers.commit("nobody is there");
        assertTrue(
                servers.comesToBeAcknowledged("nobody is there"),
                servers + " forgot how far a standby said that it was");
    }
}
