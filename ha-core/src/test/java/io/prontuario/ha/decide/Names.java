package io.prontuario.ha.decide;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.ServerNames;
import java.util.ArrayList;
import java.util.List;

/** Copies and settings of names as numbers. */
final class Names {
    static final int GATE = 0;
    static final int NOBODY = 1;

    private static final int MOST_GENERATIONS = 8;

    private final Dictionary<ServerNames> known = new Dictionary<>();
    private final List<int[]> members = new ArrayList<>();
    private final Copy[] copies = new Copy[3 * MOST_GENERATIONS];

    Names() {
        for (int copy = 0; copy < copies.length; copy++) {
            copies[copy] = new Copy(nodeName(nodeOf(copy)), "000" + generationOf(copy));
        }
        number(ServerNames.gate());
        number(ServerNames.none());
    }

    static NodeName nodeName(int node) {
        return new NodeName(String.valueOf((char) ('a' + node)));
    }

    static int copy(int node, int generation) {
        return node * MOST_GENERATIONS + generation;
    }

    static int nodeOf(int copy) {
        return copy / MOST_GENERATIONS;
    }

    static int generationOf(int copy) {
        return copy % MOST_GENERATIONS;
    }

    static int number(Copy copy) {
        return copy(copy.node().value().charAt(0) - 'a', copy.id().charAt(3) - '0');
    }

    Copy copy(int number) {
        return copies[number];
    }

    int number(ServerNames names) {
        int number = known.number(names);
        if (number == members.size()) {
            members.add(names.copies().stream().mapToInt(Names::number).toArray());
        }
        return number;
    }

    ServerNames value(int number) {
        return known.value(number);
    }

    boolean gated(int number) {
        return known.value(number).gated();
    }

    /** Whom commits under these names wait for, the gate aside. */
    int[] members(int number) {
        return members.get(number);
    }

    boolean has(int number, int copy) {
        for (int member : members.get(number)) {
            if (member == copy) {
                return true;
            }
        }
        return false;
    }

    /** Whether commits under these names wait for everybody for whom they would wait under the others. */
    boolean cover(int these, int others) {
        return gated(these) || (!gated(others) && hasAll(these, others));
    }

    private boolean hasAll(int these, int others) {
        for (int member : members(others)) {
            if (!has(these, member)) {
                return false;
            }
        }
        return true;
    }

    boolean sameSet(int one, int other) {
        return gated(one) == gated(other) && hasAll(one, other) && hasAll(other, one);
    }
}
