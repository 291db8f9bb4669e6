package io.prontuario.ha;

import io.prontuario.ha.decide.FencedPolicy;
import io.prontuario.ha.decide.StandardPolicy;
import io.prontuario.ha.spi.FailoverPolicy;

/** The policies that come with the library. */
public final class FailoverPolicies {
    private FailoverPolicies() {}

    /** Fails over to the certified standby that has received most, as soon as the primary counts as dead. */
    public static FailoverPolicy standard() {
        return StandardPolicy::decide;
    }

    /**
     * The same, and in {@code ASYNC} too somebody takes over, once a {@link io.prontuario.ha.spi.Fencer} has made sure that the primary acknowledges
     * nothing more; what only that one holds is lost. Not while the primary's agent is about to start its server again. Needs
     * {@link HaNode.Builder#fencer}.
     *
     * <p>There is no bound on what is lost: the standby that has received most takes over, also one that had followed nobody for a week.
     */
    public static FailoverPolicy fenced() {
        return FencedPolicy::decide;
    }
}
