package io.prontuario.ha.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a process of a cluster on this machine runs, and under which address the others reach it: loopback, or a network namespace that
 * stands for a host.
 *
 * @param address where what runs there listens
 * @param launcher the words before a command line that bring it there; empty for where this process runs itself
 */
public record Place(String address, List<String> launcher) {
    public Place {
        launcher = List.copyOf(launcher);
    }

    /** Beside this process. */
    public static Place loopback() {
        return new Place("127.0.0.1", List.of());
    }

    /** A command line that runs there. */
    public List<String> launch(List<String> words) {
        List<String> all = new ArrayList<>(launcher);
        all.addAll(words);
        return all;
    }
}
