package io.prontuario.ha.model;

/**
 * The name of a node: one to forty of {@code a-z 0-9 -}.
 *
 * <p>So narrow because it becomes part of PostgreSQL's application name, which is compared without case, cut at 63 bytes and where
 * {@code *} means everybody (PostgreSQL 15 docs, 20.6.2 synchronous_standby_names).
 */
public record NodeName(String value) implements Comparable<NodeName> {
    private static final int LONGEST = 40;

    public NodeName {
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException(
                    "node name '" + value + "' must be 1 to 40 characters of a-z, 0-9 and '-'; choose another name");
        }
    }

    private static boolean isWellFormed(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
                return false;
            }
        }
        return !value.isEmpty() && value.length() <= LONGEST;
    }

    @Override
    public int compareTo(NodeName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
