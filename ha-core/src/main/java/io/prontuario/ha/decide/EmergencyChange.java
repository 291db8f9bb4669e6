package io.prontuario.ha.decide;

import io.prontuario.ha.model.Emergency;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a proposed change of the emergency comes to: the next one, or why it is not legal.
 *
 * @param changed the emergency to write; null when it is refused
 * @param refusal why it is not legal, as a sentence; empty when it is
 */
public record EmergencyChange(@Nullable Emergency changed, String refusal) {
    static EmergencyChange to(Emergency next) {
        return new EmergencyChange(next, "");
    }

    static EmergencyChange refused(String why) {
        return new EmergencyChange(null, why);
    }

    /** The emergency to write, when the change is legal. */
    public Optional<Emergency> next() {
        return Optional.ofNullable(changed);
    }
}
