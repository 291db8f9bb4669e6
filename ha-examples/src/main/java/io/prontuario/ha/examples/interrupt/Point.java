package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.TransitionKind;
import java.util.Locale;
import java.util.Optional;

/** A step of a transition that has just ended, with the effect that it had. */
enum Point {
    /** A person has asked for a switchover: the journal is open. */
    ASKED(true),
    /** The former primary has prepared its stop. */
    HELD(true),
    /** The former primary's server has stopped cleanly. */
    STOPPED(true),
    /** The coordinator has written the nomination. */
    NOMINATED(false),
    /** The proxies keep clients from the former primary. */
    ISOLATED(false),
    /** The nominee's server is out of recovery, behind the gate. */
    PROMOTED(false),
    /** The nominee's agent has written that it is active. */
    ACTIVATED(false),
    /** The new primary's names are as the record says, and a commit was acknowledged under them. */
    OPENED(false),
    /** The first of the strategies in front of the database follows. */
    SERVICE_ENABLED(false),
    /** The proxies lead clients to the new primary. */
    TRAFFIC_ENABLED(false),
    /** The coordinator has closed the journal. */
    FINISHED(false);

    private final boolean plannedOnly;

    Point(boolean plannedOnly) {
        this.plannedOnly = plannedOnly;
    }

    /** Whether transitions of that kind pass it. */
    boolean isOf(TransitionKind kind) {
        return !plannedOnly || kind == TransitionKind.SWITCHOVER;
    }

    /** Whether a switchover that has come this far can still be undone. */
    boolean beforeNomination() {
        return plannedOnly;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What a write of the record has done; empty when it was no step of a transition. */
    static Optional<Point> written(ClusterState before, ClusterState after) {
        if (after.epoch() > before.epoch()) {
            return Optional.of(NOMINATED);
        }
        if (after.active() && !before.active()) {
            return Optional.of(ACTIVATED);
        }
        Journal open = before.transition();
        if (open == null) {
            return after.transition() == null ? Optional.empty() : Optional.of(ASKED);
        }
        return after.transition() == null ? Optional.of(FINISHED) : Optional.empty();
    }
}
