package io.prontuario.ha.spi;

import io.prontuario.ha.model.NodeName;
import java.time.Instant;

/**
 * Something that a host application or a person may want to know.
 *
 * @param at wall time, for people
 * @param node the node that says it
 * @param kind what sort of thing
 * @param message one line
 */
public record HaEvent(Instant at, NodeName node, Kind kind, String message) {
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
