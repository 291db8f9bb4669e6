package io.prontuario.ha.decide;

/**
 * What is done next about an emergency.
 *
 * @param move what
 * @param reason why, as a sentence
 * @param by who has answered, for GRANT and DECLINE; empty otherwise
 */
public record EmergencyDecision(Move move, String reason, String by) {
    /** What can be done. */
    public enum Move {
        /** Nothing. */
        REST,
        /** Nothing, and a person should know why. */
        HOLD,
        /** Ask for an emergency, or begin it where no approval is needed. */
        ASK,
        /** It was approved: wake. */
        GRANT,
        /** It was not. */
        DECLINE,
        /** The site serves again before anything was changed. */
        END,
        /** Step: wake the environment and lead clients there. */
        WAKE,
        /** Only look whether all is as it should be. */
        WATCH,
        /** A rehearsal has served, or is given up: lead its name home. */
        TURN_BACK,
        /** Step: lead clients home and wait until they have followed. */
        LEAD_HOME,
        /** Step: bring home what was written, then to sleep. */
        CLEAR
    }

    static EmergencyDecision of(Move move, String reason) {
        return new EmergencyDecision(move, reason, "");
    }
}
