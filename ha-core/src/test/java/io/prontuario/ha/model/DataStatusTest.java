package io.prontuario.ha.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DataStatusTest {
    private static final DataStatus SEEN = DataStatus.UNKNOWN.withHazards(EnumSet.allOf(Hazard.class));

    /** What is only said otherwise is as dangerous as before. */
    @Test
    void whatIsSeenAnewByItselfLeavesTheRest() {
        Set<Hazard> all = EnumSet.allOf(Hazard.class);

        assertEquals(all, SEEN.withDetail("copying").hazards());
        assertEquals(all, SEEN.withNames("a").withReceiver(null).asPrimaryOn(3).hazards());
        assertEquals(all, SEEN.coarse().hazards());
        assertEquals("copying", SEEN.withDetail("copying").detail());
    }
}
