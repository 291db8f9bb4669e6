package io.prontuario.ha.gcp;

import io.prontuario.ha.spi.Outcome;

/**
 * One thing that has to hold in the cloud. Looks first, changes only what differs, and answers; never waits longer than the deadline.
 * Called again from the start by whoever coordinates then, so what it remembers is in the cloud, not here.
 */
interface Stage {
    /** Its name in reports and memos: one word. */
    String name();

    /**
     * Brings it about as far as it goes now.
     *
     * @param memo what this stage's last outcome asked to be handed back; empty when nothing, or when it was lost
     * @throws CloudException when a service refused or did not answer; carries the outcome
     */
    Outcome run(Deadline deadline, String memo);
}
