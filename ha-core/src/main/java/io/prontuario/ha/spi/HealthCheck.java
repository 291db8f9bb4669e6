package io.prontuario.ha.spi;

import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckResult;
import java.time.Duration;

/**
 * Looks at one thing that the host application needs. Hand it to {@code HaNode.builder().check(…)}.
 *
 * <p>No check makes the cluster fail over by itself. What it finds is told on {@code /health}, as events and as metrics; a proxy or a person
 * acts on it, and only what affects {@link Capability#DATABASE} or {@link Capability#HOST} makes {@code /health} answer 503.
 */
public interface HealthCheck {
    /** A short unique name such as {@code disk_space}; a field of {@code /health} and a label of metrics. 1 to 40 of {@code a-z 0-9 _}. */
    String name();

    /** What suffers when it fails. */
    Capability capability();

    /** How long a look may take; past it the check counts as failed, and its thread is interrupted. Default 2 s. */
    default Duration limit() {
        return Duration.ofSeconds(2);
    }

    /** How long after one look the next begins. Default 5 s. */
    default Duration every() {
        return Duration.ofSeconds(5);
    }

    /**
     * Looks. Called on a thread of this check, never beside itself: a look that does not end is not followed by another.
     *
     * @throws Exception when it cannot be looked; counts as failed, and its message is shown on {@code /health}: no secrets in it
     */
    CheckResult check() throws Exception;
}
