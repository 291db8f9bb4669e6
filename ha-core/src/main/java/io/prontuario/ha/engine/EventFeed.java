package io.prontuario.ha.engine;

import com.google.gson.Gson;
import io.prontuario.ha.http.EventSource;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.HaListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Hands this node's events to whoever listens over HTTP, and keeps the last ones for those who were cut off. */
final class EventFeed implements HaListener, EventSource {
    private static final int KEPT = 128;
    private static final Gson GSON = new Gson();

    private final String start;
    private final Deque<Told> kept = new ArrayDeque<>();
    private final List<Consumer<Event>> listeners = new ArrayList<>();
    private long number;

    /** Written as JSON only for somebody who listens: mostly nobody does. */
    private record Told(String id, HaEvent event) {
        Event line() {
            return new Event(id, event.kind().name(), json(event));
        }
    }

    /**
     * A feed without listeners.
     *
     * @param start what tells this life of the process from former ones
     */
    EventFeed(long start) {
        this.start = Long.toString(start, Character.MAX_RADIX);
    }

    @Override
    public synchronized void onEvent(HaEvent event) {
        number++;
        Told one = new Told(start + "-" + number, event);
        if (kept.size() == KEPT) {
            kept.removeFirst();
        }
        kept.addLast(one);
        if (!listeners.isEmpty()) {
            Event line = one.line();
            listeners.forEach(listener -> listener.accept(line));
        }
    }

    private static String json(HaEvent event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("at", event.at().toString());
        fields.put("node", event.node().value());
        fields.put("kind", event.kind().name());
        fields.put("message", event.message());
        StepRecord step = event.step();
        if (step != null) {
            fields.put("step", step.step());
            fields.put("outcome", step.outcome());
            fields.put("epoch", step.epoch());
            fields.put("started", step.started().toString());
            fields.put("tookMillis", step.took().toMillis());
        }
        return GSON.toJson(fields);
    }

    @Override
    public synchronized Subscription subscribe(String after, Consumer<List<Event>> missed, Consumer<Event> listener) {
        if (!after.isEmpty()) {
            missed.accept(since(after));
        }
        listeners.add(listener);
        return () -> {
            synchronized (this) {
                listeners.remove(listener);
            }
        };
    }

    private List<Event> since(String id) {
        List<Event> all = kept.stream().map(Told::line).toList();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).id().equals(id)) {
                return all.subList(i + 1, all.size());
            }
        }
        return all;
    }
}
