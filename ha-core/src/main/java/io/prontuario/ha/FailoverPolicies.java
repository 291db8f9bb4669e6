package io.prontuario.ha;

import io.prontuario.ha.decide.StandardPolicy;
import io.prontuario.ha.spi.FailoverPolicy;

/** The policies that come with the library. */
public final class FailoverPolicies {
    private FailoverPolicies() {}

    /** Fails over to the certified standby that has received most, as soon as the primary counts as dead. */
    public static FailoverPolicy standard() {
        return StandardPolicy::decide;
    }
}
