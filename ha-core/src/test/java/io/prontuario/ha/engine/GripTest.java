package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a node leaves coordinating to others because it cannot. */
class GripTest {
    private long now = 7;
    private final Grip grip = new Grip(() -> now);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void holdsWhileActsComeToAnEnd() {
        grip.begins();
        pass(Grip.LONGEST_ACT.minusNanos(1));
        assertTrue(grip.holds());
        grip.ends();
        pass(Grip.LONGEST_ACT);
        assertTrue(grip.holds());
    }

    @Test
    void isLostByAnActThatDoesNotEndUntilItDoes() {
        grip.begins();
        pass(Grip.LONGEST_ACT);
        assertFalse(grip.holds());
        grip.ends();
        assertTrue(grip.holds());
    }

    @Test
    void isLostForAWhileByADiskThatTakesNothing() {
        grip.fails();
        assertFalse(grip.holds());
        pass(Grip.STAND_BACK);
        assertTrue(grip.holds());
    }
}
