package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.Records.STUDIO_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a node's life gets into the audit trail, and what a node says of a trail that is not as it left it. */
class AuditorTest {
    private static final String CLUSTER = "records";
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    private final InMemoryClusterStore store = ensemble.store();
    private final AtomicLong nanos = new AtomicLong();
    private final List<String> alarms = new CopyOnWriteArrayList<>();
    private Auditor auditor;

    @BeforeEach
    void start() {
        store.start(CLUSTER, STUDIO_1, () -> {});
        Ticker ticker = nanos::get;
        auditor = new Auditor(STUDIO_1, store, ticker, Machine.real(), folder, alarms::add);
    }

    @AfterEach
    void close() {
        auditor.close();
        store.close();
    }

    private void happens(HaEvent.Kind kind, String message, @Nullable StepRecord step) {
        auditor.onEvent(new HaEvent(Instant.EPOCH, STUDIO_1, kind, message, step));
    }

    private List<String> trail() {
        return store.auditTrail(LIMIT).stream()
                .map(one -> one.entry().kind() + " " + one.entry().what() + " | "
                        + one.entry().why())
                .toList();
    }

    private void awaitLength(int length) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            nanos.addAndGet(Duration.ofSeconds(6).toNanos());
            auditor.quiet();
            return store.auditTrail(LIMIT).size() == length;
        });
    }

    @Test
    void decisionsStepsRefusalsAndAlarmsAreInItAndWhatANodeMerelySeesIsNot() {
        happens(HaEvent.Kind.STATE, "epoch 4: primary studio-1.1a2b", null);
        happens(HaEvent.Kind.DUTY, "certified standby of studio-1", null);
        happens(HaEvent.Kind.DUTY, "PROMOTE: nominated", null);
        happens(HaEvent.Kind.STEP, "", step("promoted", "done", ""));
        happens(HaEvent.Kind.STEP, "", step("promoted", "refused", "replay is paused"));
        happens(HaEvent.Kind.ALARM, "no takeover: nobody is certified", null);
        awaitLength(4);
        assertEquals(
                List.of(
                        "DECISION PROMOTE | nominated",
                        "STEP promoted done | ",
                        "REFUSAL promoted refused | replay is paused",
                        "ALARM called for a person | no takeover: nobody is certified"),
                trail());
        assertEquals("studio-1", store.auditTrail(LIMIT).get(0).entry().who());
    }

    private static StepRecord step(String step, String outcome, String detail) {
        return new StepRecord("1a", 5, STUDIO_1, step, outcome, Instant.EPOCH, Duration.ofMillis(3), detail);
    }

    @Test
    void waitsForTheStoreAndLosesNothing() {
        ensemble.stop();
        happens(HaEvent.Kind.ALARM, "the store is not reached", null);
        auditor.quiet();
        ensemble.resume();
        awaitLength(1);
    }

    @Test
    void alarmsWhenTheEndWasCutOffAndTheHeadSetBack() {
        happens(HaEvent.Kind.ALARM, "one", null);
        happens(HaEvent.Kind.ALARM, "two", null);
        awaitLength(2);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> auditor.remembered()
                        .map(AuditRecord.Head::number)
                        .filter(last -> last == 2)
                        .isPresent());
        ensemble.cutOffAudit(CLUSTER, 1);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            nanos.addAndGet(Duration.ofMinutes(2).toNanos());
            auditor.quiet();
            return !alarms.isEmpty();
        });
        assertTrue(
                alarms.get(0)
                        .startsWith(
                                "the audit trail was cut off: it ends with entry 1, and this node remembers entry 2"),
                () -> "" + alarms);
        assertEquals(
                AuditEntry.Kind.ALARM, store.auditTrail(LIMIT).get(0).entry().kind());
    }
}
