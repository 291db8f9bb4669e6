package io.prontuario.ha.engine;

import io.prontuario.ha.model.EmergencyRules;
import io.prontuario.ha.spi.Approval;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When an emergency begins, and who may agree to it beside a person.
 *
 * @param rules when
 * @param approval who; null: only a person, by {@code ha approve} or over HTTP
 * @param beat how long nothing is looked at when nothing is to be done
 */
public record EmergencySettings(
        EmergencyRules rules, @Nullable Approval approval, Duration beat) {
    private static final Duration BEAT = Duration.ofSeconds(1);

    /** The default rules, and a person. */
    public static final EmergencySettings DEFAULT = new EmergencySettings(EmergencyRules.DEFAULT, null);

    /** With the usual beat. */
    public EmergencySettings(EmergencyRules rules, @Nullable Approval approval) {
        this(rules, approval, BEAT);
    }
}
