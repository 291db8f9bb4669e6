package io.prontuario.ha.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened, for a person; kept only when somebody wants to read it. */
final class Trace {
    private static final int MOST = 20_000;

    private final List<String> lines = new ArrayList<>();
    private final boolean wanted;

    Trace(boolean wanted) {
        this.wanted = wanted;
    }

    /** Whether anybody will read it: what is not read need not be put into words. */
    boolean wanted() {
        return wanted;
    }

    void add(long nanos, String who, String what) {
        if (wanted && lines.size() < MOST) {
            lines.add(String.format(Locale.ROOT, "%9.3f  %-9s %s", nanos / 1e9, who, what));
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
