package io.prontuario.ha.model;

import java.util.regex.Pattern;

/**
 * The name of a node: one to forty of {@code a-z 0-9 -}.
 *
 * <p>So narrow because it becomes part of PostgreSQL's application name, which is compared without case, cut at 63 bytes and where
 * {@code *} means everybody (PostgreSQL 15 docs, 20.6.2 synchronous_standby_names).
 */
public record NodeName(String value) implements Comparable<NodeName> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9-]{1,40}");

    public NodeName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "node name '" + value + "' must be 1 to 40 characters of a-z, 0-9 and '-'; choose another name");
        }
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
