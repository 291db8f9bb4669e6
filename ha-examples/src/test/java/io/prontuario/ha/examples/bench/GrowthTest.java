package io.prontuario.ha.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrowthTest {
    private static final Figure FIGURE = Figure.AGENT_THREADS;

    private static List<Double> samples(double... values) {
        return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
    }

    private static List<Double> rising(int count, double from, double each) {
        return IntStream.range(0, count).mapToObj(i -> from + i * each).toList();
    }

    @Test
    void whatWarmsUpInTheFirstQuarterHasNotGrown() {
        Growth growth = Growth.of(FIGURE, samples(10, 60, 100, 100, 100, 101, 100, 100));
        assertTrue(growth.passed(), growth::toString);
        assertEquals(0, growth.grown());
    }

    @Test
    void whatRisesALittleWithEachReadingHasGrown() {
        // One thread every second reading: 30 readings lie between the middles of both quarters.
        Growth growth = Growth.of(FIGURE, rising(60, 80, 0.5));
        assertEquals(15, growth.grown());
        assertFalse(growth.passed(), growth::toString);
    }

    @Test
    void whatRisesByNoMoreThanItMayHasNot() {
        Growth growth = Growth.of(FIGURE, rising(60, 80, 0.2));
        assertEquals(FIGURE.allowed(growth.before()), growth.grown(), 1e-9);
        assertTrue(growth.passed(), growth::toString);
    }

    @Test
    void momentsInWhichSomebodyRestartsAreNoGrowth() {
        assertTrue(Growth.of(FIGURE, samples(90, 90, 20, 90, 90, 90, 90, 90, 90, 300, 90, 90))
                .passed());
    }

    @Test
    void ofALargeFigureAShareIsAllowed() {
        Figure heap = Figure.AGENT_HEAP;
        assertTrue(heap.allowed(1000) > heap.allowed(1), "the same for a large heap as for a small one");
        assertTrue(Growth.of(heap, samples(0, 1000, 1000, 1000 + heap.allowed(1000)))
                .passed());
        assertFalse(Growth.of(heap, samples(0, 10, 10, 11 + heap.allowed(10))).passed());
    }

    @Test
    void whatCouldNotBeReadIsLeftOutAndWhatIsReadNoMoreIsNoPass() {
        double none = Double.NaN;
        Growth growth = Growth.of(FIGURE, samples(90, 90, 90, none, 90, 90, none, 90));
        assertTrue(growth.passed(), growth::toString);
        Growth half = Growth.of(FIGURE, samples(90, 90, 90, 90, 90, 90, none, none));
        assertFalse(half.measured());
        assertFalse(half.passed());
        Growth never = Growth.of(FIGURE, Collections.nCopies(8, none));
        assertFalse(never.measured());
        assertTrue(never.passed(), "what this machine does not tell was judged");
    }

    @Test
    void theShortestSoakHasAReadingInEachQuarter() {
        Growth growth = Growth.of(FIGURE, rising(Growth.LEAST_SAMPLES, 80, 10));
        assertEquals(20, growth.grown());
    }
}
