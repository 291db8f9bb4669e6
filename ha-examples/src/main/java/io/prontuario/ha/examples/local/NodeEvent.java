package io.prontuario.ha.examples.local;

import com.google.gson.Gson;
import com.google.gson.JsonSyntaxException;
import io.prontuario.ha.spi.HaEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event as {@code ha node --json} prints it, one object a line.
 *
 * @param at wall time
 * @param node who says it
 * @param kind see {@link HaEvent.Kind}
 * @param message one line
 * @param step for a step of a transition: its name; null otherwise
 * @param outcome how the step ended; null otherwise
 * @param epoch the epoch of the step; 0 otherwise
 * @param started when the step started; null otherwise
 * @param tookMillis how long the step took
 */
public record NodeEvent(
        String at,
        String node,
        String kind,
        String message,
        @Nullable String step,
        @Nullable String outcome,
        long epoch,
        @Nullable String started,
        double tookMillis) {
    private static final Gson GSON = new Gson();

    public static NodeEvent of(HaEvent event) {
        return event.step() == null
                ? new NodeEvent(
                        event.at().toString(),
                        event.node().value(),
                        event.kind().name(),
                        event.message(),
                        null,
                        null,
                        0,
                        null,
                        0)
                : new NodeEvent(
                        event.at().toString(),
                        event.node().value(),
                        event.kind().name(),
                        event.message(),
                        event.step().step(),
                        event.step().outcome(),
                        event.step().epoch(),
                        event.step().started().toString(),
                        event.step().took().toNanos() / 1e6);
    }

    public String toJson() {
        return GSON.toJson(this);
    }

    /** Reads a line; empty when it is something else, such as a line of the log. */
    static Optional<NodeEvent> parse(String line) {
        if (!line.startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(GSON.fromJson(line, NodeEvent.class));
        } catch (JsonSyntaxException e) {
            return Optional.empty();
        }
    }

    /** When a step ended; when the event was told, for the others. */
    public Instant ended() {
        return started == null ? Instant.parse(at) : Instant.parse(started).plusNanos((long) (tookMillis * 1e6));
    }

    /** For reports, with when the step ended counted from the fault. */
    public Map<String, Object> asMap(Instant fault) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("step", step);
        map.put("node", node);
        map.put("outcome", outcome);
        map.put("started", started);
        map.put("endedMillis", Duration.between(fault, ended()).toNanos() / 1e6);
        map.put("tookMillis", tookMillis);
        return map;
    }
}
