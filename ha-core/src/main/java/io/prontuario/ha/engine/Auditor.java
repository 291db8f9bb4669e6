package io.prontuario.ha.engine;

import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditEntry.Kind;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.HaListener;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what this node decides, does and refuses into the audit trail, out of what it tells its listeners anyway, once nothing urgent is
 * going on: a write inside an outage would be in the way. Remembers the end of the trail beside its data, and alarms when the store's ends
 * before it.
 */
final class Auditor implements HaListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Auditor.class);
    private static final int WAITING = 1_000;
    private static final int AT_ONCE = 100;
    /** In characters. */
    private static final int LONGEST = 2_000;

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    private static final Duration GOODBYE = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofMinutes(1);
    /** What the agent says of a duty that it begins; what it says while it rests is no decision. */
    private static final Pattern DUTY = Pattern.compile("([A-Z_]+): (.*)", Pattern.DOTALL);

    private final NodeName self;
    private final ClusterStore store;
    private final Ticker ticker;
    private final Machine.AuditHead head;
    private final Consumer<String> alarm;
    private final Deque<AuditEntry> waiting = new ArrayDeque<>();
    private final Machine.Worker thread;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile long notBeforeNanos;
    private volatile long lookedAtNanos;
    private int lost;

    /** @param alarm told a sentence when the trail is not what this node remembers */
    Auditor(
            NodeName self,
            ClusterStore store,
            Ticker ticker,
            Machine machine,
            Path stateFolder,
            Consumer<String> alarm) {
        this.self = self;
        this.store = store;
        this.ticker = ticker;
        this.thread = machine.worker("prontuario-audit", 1);
        this.head = machine.auditHead(stateFolder);
        this.alarm = alarm;
        this.notBeforeNanos = ticker.nanos();
        this.lookedAtNanos = ticker.nanos();
    }

    @Override
    public void onEvent(HaEvent event) {
        StepRecord step = event.step();
        switch (event.kind()) {
            case STATE -> {}
            case ALARM -> add(event, Kind.ALARM, "called for a person", event.message(), "");
            case DUTY -> {
                Matcher duty = DUTY.matcher(event.message());
                if (duty.matches()) {
                    add(event, Kind.DECISION, duty.group(1), duty.group(2), "");
                }
            }
            case STEP -> {
                if (step != null) {
                    add(
                            event,
                            step.outcome().equals("refused") ? Kind.REFUSAL : Kind.STEP,
                            step.step() + " " + step.outcome(),
                            step.detail(),
                            AuditEntry.evidence(step));
                }
            }
        }
    }

    private synchronized void add(HaEvent event, Kind kind, String what, String why, String evidence) {
        if (waiting.size() >= WAITING) {
            waiting.removeFirst();
            lost++;
        }
        waiting.addLast(new AuditEntry(event.at(), self.value(), kind, what, shortened(why), evidence));
    }

    /** A tool's whole output may stand there, and the store takes a batch of entries as one. */
    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " …";
    }

    /** Called by the loop while nothing urgent is going on. */
    void quiet() {
        long now = ticker.nanos();
        boolean look = now - lookedAtNanos >= LOOK.toNanos();
        boolean idle;
        synchronized (this) {
            idle = waiting.isEmpty();
        }
        if ((idle && !look)
                || now - notBeforeNanos < 0
                || store.health() != StoreHealth.CONNECTED
                || !busy.compareAndSet(false, true)) {
            return;
        }
        if (!thread.execute(this::work)) {
            // The node is being closed.
            busy.set(false);
        }
    }

    private void work() {
        List<AuditEntry> some = new ArrayList<>();
        synchronized (this) {
            while (!waiting.isEmpty() && some.size() < AT_ONCE) {
                some.add(waiting.removeFirst());
            }
            if (lost > 0 && !some.isEmpty()) {
                some.add(new AuditEntry(
                        some.get(0).at(),
                        self.value(),
                        Kind.ALARM,
                        "entries were lost",
                        lost + " entries before this one waited longer for the store than " + WAITING + " others",
                        ""));
                lost = 0;
            }
        }
        try {
            compare();
            if (!some.isEmpty()) {
                remember(store.append(some, LIMIT));
            }
        } catch (StoreUnavailableException e) {
            LOG.debug("the audit trail has to wait: {}", e.toString());
            notBeforeNanos = ticker.nanos() + AFTER_FAILURE.toNanos();
            synchronized (this) {
                for (int i = some.size() - 1; i >= 0; i--) {
                    waiting.addFirst(some.get(i));
                }
            }
        } finally {
            lookedAtNanos = ticker.nanos();
            busy.set(false);
        }
    }

    /** Whether the trail goes on from where this node has seen its end. */
    private void compare() {
        Optional<AuditRecord.Head> mine = remembered();
        Optional<AuditRecord.Head> theirs = store.auditHead(LIMIT);
        if (mine.isPresent()
                && theirs.map(AuditRecord.Head::number).orElse(0L) < mine.get().number()) {
            alarm.accept("the audit trail was cut off: it ends with entry "
                    + theirs.map(AuditRecord.Head::number).orElse(0L) + ", and this node remembers entry "
                    + mine.get().number() + " (ha history verify)");
        } else {
            theirs.ifPresent(this::remember);
        }
    }

    /** The end of the trail as this node saw it last; kept through restarts. */
    Optional<AuditRecord.Head> remembered() {
        return head.remembered();
    }

    private void remember(AuditRecord.Head seen) {
        if (remembered().filter(mine -> mine.number() >= seen.number()).isEmpty()) {
            head.remember(seen);
        }
    }

    /** What is still waiting is written if the store is there, or is lost. */
    @Override
    public void close() {
        notBeforeNanos = ticker.nanos();
        quiet();
        thread.close(GOODBYE);
    }
}
