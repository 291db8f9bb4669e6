package io.prontuario.ha.simulation;

import java.util.ArrayList;
import java.util.List;

/** One life of a process, an agent's or a server's: it can be stopped for a while, or end, with everything that it is about to do. */
final class Life {
    private final String name;
    final List<VirtualTime.Task> waiting = new ArrayList<>();
    private boolean dead;
    private long stoppedUntil;

    Life(String name) {
        this.name = name;
    }

    boolean dead() {
        return dead;
    }

    /** Nothing of it happens before then, as after SIGSTOP; afterwards all of it does, in order. */
    void stopUntil(long nanos) {
        stoppedUntil = Math.max(stoppedUntil, nanos);
    }

    long stoppedUntil() {
        return stoppedUntil;
    }

    void die() {
        dead = true;
    }

    @Override
    public String toString() {
        return name;
    }
}
