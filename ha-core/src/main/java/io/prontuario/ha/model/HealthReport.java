package io.prontuario.ha.model;

import java.util.List;

/**
 * All health checks of a node at one moment.
 *
 * @param checks in the order in which they were given, the node's own first
 */
public record HealthReport(List<CheckState> checks) {
    /** What the checks come to. */
    public enum Status {
        /** All is as it should be. */
        HEALTHY,
        /** The application does without something; the node is as good as any for the rest. */
        DEGRADED,
        /** The machine or its server is not as it should be, or it is not known yet: another node may be the better one. */
        UNHEALTHY
    }

    public HealthReport {
        checks = List.copyOf(checks);
    }

    /** What the checks come to. What is not known counts as failed. */
    public Status status() {
        if (checks.stream().allMatch(CheckState::ok)) {
            return Status.HEALTHY;
        }
        return checks.stream()
                        .anyMatch(check -> !check.ok() && check.capability().mayMove())
                ? Status.UNHEALTHY
                : Status.DEGRADED;
    }

    /** The names of what suffers, each once. */
    public List<String> suffering() {
        return checks.stream()
                .filter(check -> !check.ok())
                .map(check -> check.capability().name())
                .distinct()
                .toList();
    }
}
