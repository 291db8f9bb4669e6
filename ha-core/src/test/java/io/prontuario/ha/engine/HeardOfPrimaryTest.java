package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.ViewFixture.hasReceived;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.HeardLog;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node remembers of the primary's log once nobody says it any more. */
class HeardOfPrimaryTest {
    private long nanos;
    private final HeardOfPrimary heard = new HeardOfPrimary(() -> nanos);

    @Test
    void theFurthestIsRememberedWithItsAgeAfterThePrimaryHasGone() {
        assertEquals(log(500, 0), heard.by(record(4), said(4, 500)));
        pass(2);
        assertEquals(log(500, 2), heard.by(record(4), List.of()));
        pass(1);
        // A status that comes late takes nothing back, nor does the same make it younger.
        assertEquals(log(500, 3), heard.by(record(4), said(4, 400)));
        assertEquals(log(500, 3), heard.by(record(4), said(4, 500)));
        assertEquals(log(600, 0), heard.by(record(4), said(4, 600)));
    }

    @Test
    void whatWasHeardInAFormerEpochIsForgotten() {
        assertEquals(log(500, 0), heard.by(record(4), said(4, 500)));
        assertNull(heard.by(record(5), said(4, 900)));
        assertNull(heard.by(null, said(4, 900)));
    }

    private void pass(int seconds) {
        nanos += Duration.ofSeconds(seconds).toNanos();
    }

    private static HeardLog log(long position, int seconds) {
        return new HeardLog(4, 7, position, Duration.ofSeconds(seconds));
    }

    private static ClusterState record(long epoch) {
        return views().primary("a", ServerCondition.RUNNING)
                .durability(Durability.ASYNC)
                .epoch(epoch, 7)
                .state();
    }

    private static Collection<NodeStatus> said(long epoch, long position) {
        return views().primary("a", ServerCondition.RUNNING, hasReceived(position))
                .epoch(epoch, 7)
                .atWitness()
                .nodes()
                .values();
    }
}
