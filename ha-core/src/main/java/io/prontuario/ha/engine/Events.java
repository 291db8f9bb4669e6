package io.prontuario.ha.engine;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.HaListener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners what happened, in order, on a thread of its own; a repeated message is told once. */
final class Events implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);
    private static final int QUEUE = 1000;
    private static final Pattern AGE = Pattern.compile("\\d+ ms");

    private final NodeName self;
    private final List<HaListener> listeners;
    private final InstantSource clock;
    private final Map<String, Said> last = new LinkedHashMap<>();
    private final Machine.Worker thread;
    private volatile boolean closed;

    /** What was last said of a subject. */
    private record Said(HaEvent.Kind kind, String gist, String message) {}

    Events(NodeName self, List<HaListener> listeners, InstantSource clock, Machine machine) {
        this.self = self;
        this.listeners = new CopyOnWriteArrayList<>(listeners);
        this.clock = clock;
        this.thread = machine.worker("prontuario-events", QUEUE);
    }

    void add(HaListener listener) {
        listeners.add(listener);
    }

    /**
     * Tells how a subject is if it is not as it was when it was last told; how long it has been so does not count as a change.
     *
     * @param subject what the message is about, such as {@code duty} or a strategy's name
     */
    synchronized void changed(HaEvent.Kind kind, String subject, String message) {
        Said same = last.get(subject);
        if (same != null && same.kind() == kind && same.message().equals(message)) {
            return;
        }
        String gist = message.contains(" ms") ? AGE.matcher(message).replaceAll("") : message;
        Said before = last.put(subject, new Said(kind, gist, message));
        if (before == null || !gist.equals(before.gist())) {
            tell(kind, message);
        }
    }

    /**
     * What is wrong and has not been taken back since: alarms, and what this node tries in vain.
     *
     * @param ordinary the subject of which only alarms count
     */
    synchronized List<String> troubles(String ordinary) {
        return last.entrySet().stream()
                .filter(entry -> switch (entry.getValue().kind()) {
                    case ALARM -> true;
                    case DUTY -> !entry.getKey().equals(ordinary);
                    case STATE, STEP -> false;
                })
                .map(entry -> entry.getValue().message())
                .distinct()
                .toList();
    }

    /** A subject is well again: its next message is told even if it is the same as the last. Answers whether there had been one. */
    synchronized boolean over(String subject) {
        return last.remove(subject) != null;
    }

    void tell(HaEvent.Kind kind, String message) {
        tell(kind, message, null);
    }

    /** A step of a transition has ended. */
    void step(StepRecord step) {
        String message =
                step.step() + " " + step.outcome() + " in " + step.took().toMillis() + " ms (epoch " + step.epoch()
                        + ")" + (step.detail().isEmpty() ? "" : ": " + step.detail());
        tell(HaEvent.Kind.STEP, message, step);
    }

    private void tell(HaEvent.Kind kind, String message, @Nullable StepRecord step) {
        switch (kind) {
            case ALARM -> LOG.error("{}: {}", self, message);
            case STATE, STEP, DUTY -> LOG.info("{}: {}", self, message);
        }
        HaEvent event = new HaEvent(clock.instant(), self, kind, message, step);
        if (listeners.isEmpty() || closed) {
            return;
        }
        boolean told = thread.execute(() -> listeners.forEach(listener -> contained(listener, event)));
        if (!told) {
            LOG.warn("an event was dropped: listeners are {} events behind", QUEUE);
        }
    }

    private static void contained(HaListener listener, HaEvent event) {
        try {
            listener.onEvent(event);
        } catch (RuntimeException e) {
            LOG.warn("a listener failed", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.close(Duration.ZERO);
    }
}
