package io.prontuario.ha.postgres;

import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.TransitionKind;
import java.time.Instant;

/** Records of clusters in a lab, changed only by what {@link Protocol} allows. */
final class TestRecord {
    private TestRecord() {}

    /** A cluster whose first primary is open and has no certified standby. */
    static ClusterState activeOn(LabServer primary) {
        ClusterState first = Protocol.bootstrap("lab", "first", primary.copy(), Durability.AVAILABLE, 1);
        ClusterState known = Protocol.identify(
                        first, primary.copy(), primary.server().systemIdentifier())
                .next()
                .orElseThrow();
        return legal(Protocol.activate(known, primary.copy(), 1));
    }

    static ClusterState certified(ClusterState state, LabServer standby) {
        return legal(Protocol.certify(state, state.primary(), standby.copy()));
    }

    static ClusterState nominated(ClusterState state, Copy heir) {
        return legal(Protocol.nominate(
                state,
                heir,
                "transition-" + (state.epoch() + 1),
                TransitionKind.FAILOVER,
                "lost",
                Instant.parse("2026-01-01T00:00:00Z")));
    }

    static ClusterState active(ClusterState state, LabServer nominee) {
        return legal(Protocol.activate(state, nominee.copy(), nominee.timeline()));
    }

    static ClusterState legal(Change change) {
        return change.next().orElseThrow(() -> new IllegalStateException(change.refusal()));
    }
}
