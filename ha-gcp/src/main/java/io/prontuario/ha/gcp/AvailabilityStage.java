package io.prontuario.ha.gcp;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * As many replicas as wanted are available: their readiness probe has answered for as long as the Deployment asks. When they do not come,
 * the pods say why.
 */
record AvailabilityStage(String name, Kubernetes kubernetes, int replicas) implements Stage {
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Set<String> IMAGE = Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName");

    @Override
    public Outcome run(Deadline deadline, String memo) {
        Deployment deployment = kubernetes.deployment(deadline);
        DeploymentStatus status = deployment.getStatus();
        long seen = status == null ? 0 : number(status.getObservedGeneration());
        long generation = number(deployment.getMetadata().getGeneration());
        int available = status == null ? 0 : Objects.requireNonNullElse(status.getAvailableReplicas(), 0);
        int updated = status == null ? 0 : Objects.requireNonNullElse(status.getUpdatedReplicas(), 0);
        if (seen < generation) {
            return Outcome.inProgress("the change has not been seen by the cluster yet", AGAIN);
        }
        if (available >= replicas && updated >= replicas) {
            return Outcome.alreadySo(available + " replicas available");
        }
        List<Pod> pods = kubernetes.pods(deployment.getSpec().getSelector().getMatchLabels(), deadline);
        Optional<ContainerStateWaiting> image = pods.stream()
                .flatMap(AvailabilityStage::waiting)
                .filter(waiting -> IMAGE.contains(waiting.getReason()))
                .findFirst();
        if (image.isPresent()) {
            return Outcome.refused("the image cannot be pulled ("
                    + image.get().getReason() + ": "
                    + Failures.cut(Objects.toString(image.get().getMessage(), ""))
                    + "): is it pushed, and may the nodes' account"
                    + " read it (artifactregistry.repositories.downloadArtifacts)?");
        }
        String why = why(pods).map(text -> "; " + text).orElse("");
        if (stuck(status)) {
            return Outcome.refused(available + " of " + replicas
                    + " replicas available, and the Deployment has given up" + why + ": see 'kubectl describe pods'");
        }
        return Outcome.inProgress(available + " of " + replicas + " replicas available" + why, AGAIN);
    }

    private static boolean stuck(DeploymentStatus status) {
        return status != null
                && status.getConditions().stream()
                        .anyMatch(one -> "Progressing".equals(one.getType()) && "False".equals(one.getStatus()));
    }

    private static Stream<ContainerStateWaiting> waiting(Pod pod) {
        return pod.getStatus() == null
                ? Stream.of()
                : pod.getStatus().getContainerStatuses().stream()
                        .filter(one -> one.getState() != null && one.getState().getWaiting() != null)
                        .map(one -> one.getState().getWaiting());
    }

    /** The first reason that a pod gives for not being ready. */
    private static Optional<String> why(List<Pod> pods) {
        Stream<String> unscheduled = pods.stream()
                .filter(pod -> pod.getStatus() != null)
                .flatMap(pod -> pod.getStatus().getConditions().stream())
                .filter(one -> "PodScheduled".equals(one.getType()) && "False".equals(one.getStatus()))
                .map(AvailabilityStage::said);
        Stream<String> waiting = pods.stream()
                .flatMap(AvailabilityStage::waiting)
                .map(one -> one.getReason() + " " + Failures.cut(Objects.toString(one.getMessage(), "")));
        return Stream.concat(unscheduled, waiting).map(String::strip).findFirst();
    }

    private static String said(PodCondition condition) {
        return condition.getReason() + " " + Failures.cut(Objects.toString(condition.getMessage(), ""));
    }

    private static long number(Long value) {
        return value == null ? 0 : value;
    }
}
