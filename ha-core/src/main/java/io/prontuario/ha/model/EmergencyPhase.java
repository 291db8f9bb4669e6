package io.prontuario.ha.model;

/** How far an emergency is. Which may follow which is {@code decide.EmergencyProtocol}'s matter. */
public enum EmergencyPhase {
    /** Nobody on site can serve; an approval is awaited. Nothing has been changed. */
    ASKED,
    /** It was asked for and not granted. A person may still grant it. */
    DECLINED,
    /** The environment is woken and clients are led there. */
    WAKING,
    /** The environment serves. */
    SERVING,
    /** Clients are led home. */
    RETURNING,
    /** What was written elsewhere comes home, and the environment goes to sleep. */
    CLEARING,
    /** It is over; kept so that the next one is told from it. */
    ENDED
}
