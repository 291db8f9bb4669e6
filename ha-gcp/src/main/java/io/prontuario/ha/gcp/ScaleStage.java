package io.prontuario.ha.gcp;

import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.prontuario.ha.spi.Outcome;
import java.util.Objects;
import java.util.Optional;

/**
 * The Deployment is scaled. Where it has an autoscaler, its lower bound goes first: it would overrule the number otherwise. At zero
 * replicas an autoscaler rests by itself (Kubernetes documentation, "Horizontal Pod Autoscaling", implicit maintenance-mode
 * deactivation), and its bound cannot be zero.
 */
record ScaleStage(Kubernetes kubernetes, int replicas, boolean waking) implements Stage {

    @Override
    public String name() {
        return "scale";
    }

    @Override
    public Outcome run(Deadline deadline, String memo) {
        int bound = Math.max(1, replicas);
        boolean changed = false;
        Optional<HorizontalPodAutoscaler> autoscaler = kubernetes.autoscaler(deadline);
        if (autoscaler.isPresent()) {
            int now = Objects.requireNonNullElse(autoscaler.get().getSpec().getMinReplicas(), 1);
            int most = Objects.requireNonNullElse(autoscaler.get().getSpec().getMaxReplicas(), bound);
            if (bound > most) {
                return Outcome.refused("the pod autoscaler "
                        + autoscaler.get().getMetadata().getName() + " allows " + most + " replicas, wanted are "
                        + bound
                        + ": raise its maxReplicas or set fewer replicas");
            }
            if (waking ? now < bound : now > bound) {
                kubernetes.atLeast(autoscaler.get(), bound, deadline);
                changed = true;
            }
        }
        Scale scale = kubernetes.scale(deadline);
        int now = Objects.requireNonNullElse(scale.getSpec().getReplicas(), 0);
        // Awake, an autoscaler may have added some; asleep, the number is exact.
        if (waking ? now < replicas : now > replicas) {
            kubernetes.rescale(scale, replicas, deadline);
            return Outcome.done("from " + now + " to " + replicas + " replicas");
        }
        return changed
                ? Outcome.done("at least " + bound + " replicas for the autoscaler")
                : Outcome.alreadySo(now + " replicas");
    }
}
