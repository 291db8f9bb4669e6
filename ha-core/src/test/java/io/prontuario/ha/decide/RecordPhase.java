package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Journal;

/** What a record comes to, for a person. */
enum RecordPhase {
    FIRST("made by `ha init`: the first primary is not active yet and has no other heir"),
    ALONE("a primary is active, and nobody is certified: nobody could take over"),
    REDUNDANT("a primary is active, and every certified standby holds every acknowledged commit"),
    PREPARING("a planned transition was asked for; the primary is active and nobody is nominated yet"),
    NOMINATED("a nominee is to become primary; until it is active the others are heirs and keep what they have"),
    FINISHING("the new primary is active; traffic is being brought to it, standbys may be certified already");

    private final String meaning;

    RecordPhase(String meaning) {
        this.meaning = meaning;
    }

    String meaning() {
        return meaning;
    }

    static RecordPhase of(ClusterState state) {
        Journal journal = state.transition();
        if (!state.active()) {
            return journal == null ? FIRST : NOMINATED;
        }
        if (journal != null) {
            return journal.tried().isEmpty() ? PREPARING : FINISHING;
        }
        return state.inSync().isEmpty() ? ALONE : REDUNDANT;
    }
}
