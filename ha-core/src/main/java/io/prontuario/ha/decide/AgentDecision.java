package io.prontuario.ha.decide;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.ServerNames;
import org.jspecify.annotations.Nullable;

/**
 * What the agent does next, and why.
 *
 * @param duty what
 * @param subject the standby it is about; null when it is about the own server
 * @param names the names to bring about, for OPEN, CERTIFY, DECERTIFY and SET_NAMES; the gate otherwise
 * @param reason why, as a sentence for a person
 * @param alarm a person should know
 */
public record AgentDecision(Duty duty, @Nullable Copy subject, ServerNames names, String reason, boolean alarm) {

    static AgentDecision of(Duty duty, String reason) {
        return new AgentDecision(duty, null, ServerNames.gate(), reason, false);
    }

    static AgentDecision alarm(String reason) {
        return new AgentDecision(Duty.HOLD, null, ServerNames.gate(), reason, true);
    }

    static AgentDecision names(Duty duty, ServerNames names, String reason) {
        return new AgentDecision(duty, null, names, reason, false);
    }

    static AgentDecision about(Duty duty, Copy subject, ServerNames names, String reason) {
        return new AgentDecision(duty, subject, names, reason, false);
    }
}
