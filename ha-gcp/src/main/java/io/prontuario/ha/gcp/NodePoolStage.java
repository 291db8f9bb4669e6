package io.prontuario.ha.gcp;

import com.google.api.services.container.model.NodePool;
import com.google.api.services.container.model.NodePoolAutoscaling;
import com.google.api.services.container.model.Operation;
import com.google.api.services.container.model.Status;
import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The node pool has as many nodes as wanted: at least when it wakes, at most when it goes to sleep. The memo is the id of the running
 * operation; without it the operations are looked through.
 *
 * <p>The autoscaler's bounds are compared and never written: switching it on or off can restart the control plane, which takes minutes
 * (GKE documentation, "About GKE cluster autoscaling").
 */
record NodePoolStage(Gke gke, Kubernetes kubernetes, GcpSettings.Pool pool, boolean waking) implements Stage {
    private static final Duration AGAIN = Duration.ofSeconds(2);

    @Override
    public String name() {
        return "nodes";
    }

    @Override
    public Outcome run(Deadline deadline, String memo) {
        if (!memo.isEmpty()) {
            Optional<Outcome> going = going(gke.operation(memo, deadline), deadline);
            if (going.isPresent()) {
                return going.get();
            }
        }
        long ready = kubernetes.readyNodes(deadline);
        int wanted = waking ? pool.awake() : pool.asleep();
        if (waking ? ready >= wanted : ready <= wanted) {
            return Outcome.alreadySo(ready + " nodes ready" + deviation(gke.pool(deadline)));
        }
        Optional<Operation> running = gke.running(deadline);
        if (running.isPresent()) {
            return inProgress(running.get(), ready, wanted);
        }
        if (!memo.isEmpty()) {
            return Outcome.inProgress(ready + " of " + wanted + " nodes ready, all are made", AGAIN)
                    .withMemo(memo);
        }
        return inProgress(gke.resize(wanted, deadline), ready, wanted);
    }

    /** What the operation leaves to say; empty when it has ended well. */
    private Optional<Outcome> going(Operation operation, Deadline deadline) {
        if (!"DONE".equals(operation.getStatus())) {
            return Optional.of(
                    inProgress(operation, kubernetes.readyNodes(deadline), waking ? pool.awake() : pool.asleep()));
        }
        Status error = operation.getError();
        if (error == null) {
            return Optional.empty();
        }
        String message = Failures.cut(Objects.toString(error.getMessage(), "no message"));
        boolean quota = Failures.quota(message.toLowerCase(Locale.ROOT));
        return Optional.of(Outcome.refused("operation " + operation.getName() + " failed: " + message
                + (quota
                        ? ": the quota is exhausted: have it raised in the console (IAM, Quotas), or set fewer or smaller nodes"
                        : ": see it in the console; the next attempt begins a new one")));
    }

    private static Outcome inProgress(Operation operation, long ready, int wanted) {
        return Outcome.inProgress(
                        ready + " nodes ready, " + wanted + " wanted; operation " + operation.getName() + " is "
                                + operation.getStatus(),
                        AGAIN)
                .withMemo(Objects.toString(operation.getName(), ""));
    }

    private String deviation(NodePool found) {
        NodePoolAutoscaling scaling = found.getAutoscaling();
        if (scaling == null || !Boolean.TRUE.equals(scaling.getEnabled())) {
            return "; their autoscaler is off, the settings say " + pool.least() + " to " + pool.most();
        }
        int least = Objects.requireNonNullElse(scaling.getMinNodeCount(), 0);
        int most = Objects.requireNonNullElse(scaling.getMaxNodeCount(), 0);
        return least == pool.least() && most == pool.most()
                ? ""
                : "; their autoscaler is set to " + least + " to " + most + ", the settings say " + pool.least()
                        + " to " + pool.most();
    }
}
