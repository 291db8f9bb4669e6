package io.prontuario.ha.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prontuario.ha.model.Measure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Micrometer sees of a node's measures. */
class HaMeterBinderTest {
    private final List<Measure> measures = new ArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private long now;

    private HaMeterBinder bound() {
        HaMeterBinder binder = new HaMeterBinder(() -> List.copyOf(measures), () -> now);
        binder.bindTo(registry);
        return binder;
    }

    private void later() {
        now += Duration.ofSeconds(1).toNanos();
    }

    private static Measure lag(String standby, double value) {
        return Measure.gauge("prontuario_ha_replication_lag_bytes", "Lag.", Map.of("standby", standby), value);
    }

    private double lagOf(String standby) {
        return registry.get("prontuario.ha.replication.lag.bytes")
                .tag("standby", standby)
                .gauge()
                .value();
    }

    @Test
    void valuesAreThoseOfNow() {
        measures.add(lag("studio-2", 17));
        measures.add(Measure.counter("prontuario_ha_alarms_total", "Alarms.", Map.of(), 3));
        try (HaMeterBinder binder = bound()) {
            assertEquals(17, lagOf("studio-2"));
            assertEquals(
                    3, registry.get("prontuario.ha.alarms").functionCounter().count());
            measures.set(0, lag("studio-2", 18));
            later();
            assertEquals(18, lagOf("studio-2"));
            binder.look();
            assertEquals(18, lagOf("studio-2"));
        }
    }

    @Test
    void whatComesIsThereAndWhatGoesIsNot() {
        measures.add(lag("studio-2", 1));
        try (HaMeterBinder binder = bound()) {
            measures.add(lag("studio-3", 2));
            measures.remove(0);
            later();
            assertEquals(Double.NaN, lagOf("studio-2"));
            binder.look();
            assertEquals(2, lagOf("studio-3"));
            assertEquals(
                    List.of("studio-3"),
                    registry.getMeters().stream()
                            .map(Meter::getId)
                            .map(id -> id.getTag("standby"))
                            .toList());
        }
        assertEquals(List.of(), registry.getMeters());
    }
}
