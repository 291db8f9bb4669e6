package io.prontuario.ha.model;

import java.util.Set;

/** What a person can order a standby's agent to do. The order stands in the record until it is done, see {@link ClusterState#ordered}. */
public enum StandbyTask {
    /** Throw the data away and copy it anew from the primary. */
    COPY_ANEW,
    /** Stop the server and start it again. */
    RESTART;

    /** The copies for which such an order stands. */
    public Set<Copy> in(ClusterState state) {
        return switch (this) {
            case COPY_ANEW -> state.condemned();
            case RESTART -> state.restarting();
        };
    }
}
