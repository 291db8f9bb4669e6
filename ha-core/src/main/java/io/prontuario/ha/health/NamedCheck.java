package io.prontuario.ha.health;

import io.prontuario.ha.model.Capability;
import io.prontuario.ha.spi.HealthCheck;

/** What all checks of this package have. */
abstract class NamedCheck implements HealthCheck {
    private final String name;
    private final Capability capability;

    NamedCheck(String name, Capability capability) {
        this.name = name;
        this.capability = capability;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Capability capability() {
        return capability;
    }
}
