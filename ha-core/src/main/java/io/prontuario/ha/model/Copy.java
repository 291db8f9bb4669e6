package io.prontuario.ha.model;

import java.util.Comparator;

/**
 * One copy of the data on one node, such as {@code studio-2.7f3a}. The record names copies, not nodes: a node whose data was rebuilt,
 * rewound or restored bears a new id, and what was proven of the old copy does not hold for it.
 *
 * @param node where it is
 * @param id 4 to 16 hexadecimal digits, new after each initdb, copy, rewind or restore
 */
public record Copy(NodeName node, String id) implements Comparable<Copy> {
    private static final int SHORTEST = 4;
    private static final int LONGEST = 16;
    private static final Comparator<Copy> ORDER =
            Comparator.comparing(Copy::node).thenComparing(Copy::id);

    public Copy {
        if (!isWellFormed(id)) {
            throw new IllegalArgumentException(
                    "copy id '" + id + "' of " + node + " must be 4 to 16 hexadecimal digits");
        }
    }

    private static boolean isWellFormed(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return id.length() >= SHORTEST && id.length() <= LONGEST;
    }

    /** Reads what {@link #toString()} wrote. */
    public static Copy parse(String text) {
        int dot = text.lastIndexOf('.');
        if (dot < 0) {
            throw new IllegalArgumentException("'" + text + "' is not a copy: expected node.id, such as studio-2.7f3a");
        }
        return new Copy(new NodeName(text.substring(0, dot)), text.substring(dot + 1));
    }

    /** The name under which its server connects to a primary. */
    public String applicationName() {
        return toString();
    }

    @Override
    public int compareTo(Copy other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return node + "." + id;
    }
}
