package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.model.Measure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The format to the letter; that Prometheus reads it is tested on real servers. */
class PrometheusTextTest {
    @Test
    void valuesOfANameStandTogetherAndWhatWouldBreakALineIsEscaped() {
        String text = PrometheusText.of(List.of(
                Measure.gauge("a_bytes", "What a\\b is.\nReally.", Map.of("z", "1", "b", "say \"no\"\\\n"), 3),
                Measure.counter("b_total", "Counts.", Map.of(), 12345678901L),
                Measure.gauge("a_bytes", "What a\\b is.\nReally.", Map.of(), 0.25),
                Measure.gauge("c", "Is.", Map.of(), Double.POSITIVE_INFINITY)));
        assertEquals("""
                # HELP a_bytes What a\\\\b is.\\nReally.
                # TYPE a_bytes gauge
                a_bytes{b="say \\"no\\"\\\\\\n",z="1"} 3
                a_bytes 0.25
                # HELP b_total Counts.
                # TYPE b_total counter
                b_total 12345678901
                # HELP c Is.
                # TYPE c gauge
                c +Inf
                """, text);
    }
}
