package io.prontuario.ha.spi;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that a host application or a person may want to know.
 *
 * @param at wall time, for people
 * @param node the node that says it
 * @param kind what sort of thing
 * @param message one line
 * @param step the step that ended, for {@link Kind#STEP}; null when the event is no step of a transition
 */
public record HaEvent(
        Instant at,
        NodeName node,
        Kind kind,
        String message,
        @Nullable StepRecord step) {
    /** Sorts of events. */
    public enum Kind {
        /** The record changed: another primary, another epoch, another in-sync set. */
        STATE,
        /** What this node does changed. */
        DUTY,
        /** A step of a transition ended. */
        STEP,
        /** A person is needed. */
        ALARM
    }
}
