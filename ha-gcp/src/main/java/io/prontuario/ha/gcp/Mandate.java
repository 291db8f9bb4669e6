package io.prontuario.ha.gcp;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.TransitionKind;
import java.util.Optional;

/**
 * By what right the cloud is used, and what it may therefore do. Pure.
 *
 * @param kind by what right
 * @param mode what it may do with data
 * @param reason why, as a sentence; for NONE, what is missing
 */
record Mandate(Kind kind, EmergencyMode mode, String reason) {
    /** By what right. */
    enum Kind {
        /** By none: the name stays where it is. */
        NONE,
        /** To rehearse: everything but the name that clients use. */
        REHEARSAL,
        /** Because the site is lost. */
        EMERGENCY
    }

    /** For making the cloud the one that is used. */
    static Mandate toServe(ClusterState state, GcpSettings settings, Optional<Declaration> declared) {
        Journal journal = state.transition();
        EmergencyMode mode = mode(state, settings);
        if (journal != null && journal.kind() == TransitionKind.DRILL) {
            return new Mandate(Kind.REHEARSAL, settings.mode(), "a rehearsal is journaled");
        }
        if (journal != null && journal.kind() == TransitionKind.EMERGENCY) {
            return new Mandate(Kind.EMERGENCY, mode, "an emergency is journaled: " + journal.reason());
        }
        if (declared.isPresent()) {
            Declaration by = declared.get();
            if (!by.clusterId().equals(state.clusterId()) || by.epoch() != state.epoch()) {
                return new Mandate(
                        Kind.NONE,
                        settings.mode(),
                        "the declaration names cluster " + by.clusterId() + ", epoch " + by.epoch() + ", but this is "
                                + state.clusterId() + ", epoch " + state.epoch() + ": declare it with "
                                + new Declaration(state.clusterId(), state.epoch(), by.by()).token());
            }
            // Without a write to the record there may be a primary that goes on: never a second writer.
            return new Mandate(Kind.EMERGENCY, settings.mode(), "declared by " + by.by());
        }
        return new Mandate(
                Kind.NONE,
                settings.mode(),
                "the record journals neither an emergency nor a rehearsal, and nobody has" + " declared one");
    }

    /** For leading clients to a node on site again. */
    static Mandate toReturn(ClusterState state, GcpSettings settings) {
        Journal journal = state.transition();
        if (journal != null && journal.kind() == TransitionKind.DRILL) {
            return new Mandate(Kind.REHEARSAL, settings.mode(), "a rehearsal is journaled");
        }
        if (!state.active() || state.primary().node().equals(settings.environment())) {
            return new Mandate(
                    Kind.NONE,
                    mode(state, settings),
                    "no node on site is the active primary (the record names " + state.primary()
                            + (state.active() ? "" : ", not active") + "): clients stay where they are");
        }
        return new Mandate(Kind.EMERGENCY, mode(state, settings), state.primary() + " is the active primary");
    }

    /** What the cloud may do with data under this record. */
    static EmergencyMode mode(ClusterState state, GcpSettings settings) {
        boolean itsOwn = state.primary().node().equals(settings.environment());
        boolean nobodyElse = state.heirs().isEmpty() && state.inSync().isEmpty();
        return itsOwn && nobodyElse ? EmergencyMode.WRITER : settings.mode();
    }

    /** Why the replica must not be promoted; empty when it may. */
    static Optional<String> againstPromotion(ClusterState state, GcpSettings settings) {
        if (settings.replica() == null) {
            return Optional.of("no replica is configured: the cloud never holds a primary");
        }
        if (!state.primary().node().equals(settings.environment())) {
            return Optional.of("the record names " + state.primary() + " as the primary, not " + settings.environment()
                    + ": a promoted replica would be a second writer");
        }
        if (mode(state, settings) != EmergencyMode.WRITER) {
            return Optional.of("the record leaves " + state.heirs() + " who could be nominated instead of "
                    + settings.environment() + ": each has to be given up by a person first");
        }
        return Optional.empty();
    }
}
