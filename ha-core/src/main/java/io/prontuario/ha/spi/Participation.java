package io.prontuario.ha.spi;

/** Whether a strategy takes part in a transition. */
public enum Participation {
    /** It takes part and the transition waits for it. */
    REQUIRED,
    /** It takes part; when it fails, an alarm is raised and {@code reconcile} tries on. */
    BEST_EFFORT,
    /** It takes no part. */
    NONE
}
