package io.prontuario.ha;

import io.prontuario.ha.decide.FencedPolicy;
import io.prontuario.ha.decide.StandardPolicy;
import io.prontuario.ha.model.DataSize;
import io.prontuario.ha.spi.FailoverPolicy;

/** The policies that come with the library. */
public final class FailoverPolicies {
    /** How much of the primary's log a standby may lack that takes over in {@code ASYNC}, unless said otherwise: 1 MiB, as Patroni has it. */
    public static final DataSize USUAL_MAX_LAG = FencedPolicy.USUAL_MAX_LAG;

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
     * <p>The standby that has received most takes over if it lacks at most 1 MiB of the primary's log, as {@link #fencedWithin} has it.
     */
    public static FailoverPolicy fenced() {
        return fencedWithin(USUAL_MAX_LAG);
    }

    /**
     * The same with another bound: of log that a standby lacks of what anybody has heard of the primary's (twice a second, and whatever its stream
     * has told). One that lacks more takes over only by a person's word. What was written after it was last heard of comes on top. The same on all
     * nodes that may coordinate.
     */
    public static FailoverPolicy fencedWithin(DataSize maxLag) {
        return view -> FencedPolicy.decide(view, maxLag);
    }
}
