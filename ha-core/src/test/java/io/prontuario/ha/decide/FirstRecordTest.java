package io.prontuario.ha.decide;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Durability;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whose data a cluster's is, is written down once, and never as nobody's: any data would pass for the cluster's then. */
class FirstRecordTest {
    private static final ClusterState UNBORN = Protocol.bootstrap("c", "t1", COPY_1, Durability.AVAILABLE, 1);

    @Test
    void whatIsNotKnownIsNotWritten() {
        Change change = Protocol.identify(UNBORN, COPY_1, "");

        assertEquals(Optional.empty(), change.next());
        assertTrue(change.refusal().contains("not known"), change.refusal());
    }

    @Test
    void itIsWrittenOnceByThePrimary() {
        ClusterState known = Protocol.identify(UNBORN, COPY_1, "7").next().orElseThrow();

        assertEquals("7", known.systemIdentifier());
        assertEquals(Optional.empty(), Protocol.identify(known, COPY_1, "8").next());
        assertEquals(Optional.empty(), Protocol.identify(UNBORN, COPY_2, "7").next());
    }
}
