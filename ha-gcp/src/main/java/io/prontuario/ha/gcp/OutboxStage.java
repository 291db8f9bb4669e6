package io.prontuario.ha.gcp;

import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.function.Consumer;

/** What was written in the cloud is home. */
record OutboxStage(EmergencyOutbox outbox, Bounded bounded, Consumer<EmergencyOutbox.Reconciliation> told)
        implements Stage {
    private static final Duration AGAIN = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "outbox";
    }

    @Override
    public Outcome run(Deadline deadline, String memo) {
        Call call = Call.changing("the outbox of the cloud", "");
        EmergencyOutbox.Reconciliation far;
        try {
            far = bounded.call(call, deadline, outbox::reconcile);
        } catch (CloudException e) {
            throw e;
        } catch (Exception e) {
            throw new CloudException(
                    Outcome.retry(
                            "the outbox failed (" + Failures.cut(e.toString()) + "): nothing is scaled down", AGAIN),
                    e);
        }
        told.accept(far);
        String said = far.merged() + " entries merged, " + far.needsPerson().size() + " need a person";
        return far.pending() > 0
                ? Outcome.inProgress(said + ", " + far.pending() + " still in the cloud", AGAIN)
                : Outcome.alreadySo(said);
    }
}
