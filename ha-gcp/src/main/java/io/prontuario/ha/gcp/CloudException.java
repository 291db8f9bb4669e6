package io.prontuario.ha.gcp;

import io.prontuario.ha.spi.Outcome;

/** A call to a service did not give what was asked for; carries the outcome that the step has therefore. */
final class CloudException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Outcome outcome;

    CloudException(Outcome outcome) {
        super(outcome.detail());
        this.outcome = outcome;
    }

    CloudException(Outcome outcome, Throwable cause) {
        super(outcome.detail(), cause);
        this.outcome = outcome;
    }

    Outcome outcome() {
        return outcome;
    }
}
