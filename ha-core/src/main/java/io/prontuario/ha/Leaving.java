package io.prontuario.ha;

/** What the primary's node does about its server when it is closed; on every other node there is nothing to be done. */
public enum Leaving {
    /** Its server goes on as the primary, with the names that it has, until the agent is back. Right for an update of the application. */
    STAY,
    /** Another node becomes the primary first, if one can. Right before the machine is switched off. */
    SWITCH_OVER
}
