package io.prontuario.ha.spi;

import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Decision;

/**
 * Decides what is to be done about the primary. Pure: the same view gives the same decision; no I/O, no clock, no randomness.
 *
 * <p>Thread: the loop of the node that coordinates; the others do not ask theirs. Must return within a millisecond or so.
 */
@FunctionalInterface
public interface FailoverPolicy {
    /** What to do about the primary now, with the reason. What it allows is checked once more against the record before anything is written. */
    Decision decide(ClusterView view);
}
