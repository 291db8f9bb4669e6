package io.prontuario.ha.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.prontuario.ha.HaNode;
import io.prontuario.ha.model.Measure;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Hands a node's measures to Micrometer: {@code HaMeterBinder.of(node).bindTo(registry)}. Names come out as on {@code /metrics} when the
 * registry is Prometheus'. What comes and goes, such as a standby, is looked for every five seconds; values are at most half a second old.
 *
 * <p>Close it before the node. Thread-safe.
 */
public final class HaMeterBinder implements MeterBinder, AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration FRESH = Duration.ofMillis(500);

    private final Supplier<List<Measure>> source;
    private final Ticker ticker;
    private final Map<MeterRegistry, Map<Key, Meter>> bound = new HashMap<>();
    private final ScheduledExecutorService looks;
    private Map<Key, Measure> latest = Map.of();
    private long takenAtNanos;
    private boolean taken;

    private record Key(String name, Map<String, String> labels) {
        static Key of(Measure measure) {
            return new Key(measure.name(), measure.labels());
        }
    }

    HaMeterBinder(Supplier<List<Measure>> source, Ticker ticker) {
        this.source = source;
        this.ticker = ticker;
        this.looks = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "prontuario-meters");
            thread.setDaemon(true);
            return thread;
        });
        looks.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The measures of a node that runs. */
    public static HaMeterBinder of(HaNode node) {
        return new HaMeterBinder(node::measures, Ticker.system());
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        bound.putIfAbsent(registry, new HashMap<>());
        look();
    }

    /** Registers what has come, and takes out what has gone. */
    synchronized void look() {
        take();
        bound.forEach((registry, meters) -> {
            latest.forEach((key, measure) -> meters.computeIfAbsent(key, absent -> register(registry, key, measure)));
            Set<Key> gone = new HashSet<>(meters.keySet());
            gone.removeAll(latest.keySet());
            gone.forEach(key -> registry.remove(Objects.requireNonNull(meters.remove(key))));
        });
    }

    private void take() {
        latest = source.get().stream().collect(Collectors.toMap(Key::of, one -> one, (first, second) -> first));
        takenAtNanos = ticker.nanos();
        taken = true;
    }

    private Meter register(MeterRegistry registry, Key key, Measure measure) {
        List<Tag> tags = key.labels().entrySet().stream()
                .map(label -> Tag.of(label.getKey(), label.getValue()))
                .toList();
        String name = key.name().replaceFirst("_total$", "").replace('_', '.');
        return switch (measure.type()) {
            case GAUGE ->
                Gauge.builder(name, this, binder -> binder.value(key))
                        .tags(tags)
                        .description(measure.help())
                        .strongReference(true)
                        .register(registry);
            case COUNTER ->
                FunctionCounter.builder(name, this, binder -> binder.value(key))
                        .tags(tags)
                        .description(measure.help())
                        .register(registry);
        };
    }

    private synchronized double value(Key key) {
        if (!taken || ticker.nanos() - takenAtNanos > FRESH.toNanos()) {
            take();
        }
        Measure measure = latest.get(key);
        return measure == null ? Double.NaN : measure.value();
    }

    /** Takes everything out of the registries again. */
    @Override
    public synchronized void close() {
        looks.shutdownNow();
        bound.forEach((registry, meters) -> meters.values().forEach(registry::remove));
        bound.clear();
    }
}
