package io.prontuario.ha.model;

import java.util.regex.Pattern;

/**
 * What suffers when a health check fails.
 *
 * @param kind how far the failure reaches
 * @param name what it is called on pages and in metrics: 1 to 40 of {@code a-z 0-9 _}, a letter first
 */
public record Capability(Kind kind, String name) {
    /** How far a failure reaches. */
    public enum Kind {
        /** The server on this node: another node may be the better one. */
        DATABASE,
        /** The machine with everything on it: another node may be the better one. */
        HOST,
        /** Something that the host application does and can do without for a while: moving the database would not help. */
        APPLICATION
    }

    // First, since the constants below are checked by it.
    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9_]{0,39}");

    /** The server on this node. */
    public static final Capability DATABASE = new Capability(Kind.DATABASE, "database");
    /** The machine. */
    public static final Capability HOST = new Capability(Kind.HOST, "host");

    public Capability {
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException("capability '" + name
                    + "' must be 1 to 40 characters of a-z, 0-9 and '_' and begin with a letter; choose another name");
        }
    }

    /** Something that the host application does, such as {@code prescriptions}. */
    public static Capability of(String name) {
        return new Capability(Kind.APPLICATION, name);
    }

    /** Whether a failure is a reason to think of another node. */
    public boolean mayMove() {
        return switch (kind) {
            case DATABASE, HOST -> true;
            case APPLICATION -> false;
        };
    }
}
