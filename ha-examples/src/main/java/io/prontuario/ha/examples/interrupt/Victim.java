package io.prontuario.ha.examples.interrupt;

import java.util.Locale;

/** Whose process is killed. */
enum Victim {
    /** The witness, which coordinates and has no server: it comes back only after another has carried on. */
    COORDINATOR,
    /** The agent of the one that was the primary; its server, if it runs, goes on. */
    FORMER_PRIMARY,
    /** The agent of the one that becomes the primary. */
    NOMINEE,
    /** The same, when it coordinates as well: both at once. */
    COORDINATING_NOMINEE;

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
