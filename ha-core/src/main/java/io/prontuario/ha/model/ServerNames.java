package io.prontuario.ha.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value of the server's {@code synchronous_standby_names}.
 *
 * <p>Always {@code FIRST n} with n the number of names, or beyond any number of connections when the gate is among them, all quoted: a plain list means {@code FIRST 1}, and {@code ANY} gives every
 * standby the same priority, so that one cannot see which setting a walsender has loaded (measured on PostgreSQL 15.18).
 *
 * @param gated whether the list holds the gate, a name that no node can bear, so that nothing is ever acknowledged
 * @param copies the copies to wait for, newest first
 */
public record ServerNames(boolean gated, List<Copy> copies) {
    private static final String GATE = "\"#gate\"";
    private static final String GATED = "FIRST 1 (" + GATE + ")";
    /** More than there can be connections: a second one of a named standby must not take the gate's place. */
    private static final int NEVER = 1000;

    private static final Pattern FORM = Pattern.compile("FIRST (\\d+) \\((.*)\\)");

    public ServerNames {
        copies = List.copyOf(copies);
    }

    /** The resting value of every server: nothing is acknowledged. */
    public static ServerNames gate() {
        return new ServerNames(true, List.of());
    }

    /** Commits wait for nobody. */
    public static ServerNames none() {
        return new ServerNames(false, List.of());
    }

    /** Commits wait for all of these; the newest candidate first, so that every walsender's priority changes with the setting. */
    public static ServerNames waitingFor(List<Copy> newestFirst) {
        return new ServerNames(false, newestFirst);
    }

    /** The text of the setting. */
    public String setting() {
        if (copies.isEmpty()) {
            return gated ? GATED : "";
        }
        StringBuilder text = new StringBuilder("FIRST ")
                .append(gated ? NEVER : copies.size())
                .append(" (")
                .append(gated ? GATE : "");
        for (int i = 0; i < copies.size(); i++) {
            text.append(i > 0 || gated ? ", " : "")
                    .append('"')
                    .append(copies.get(i).applicationName())
                    .append('"');
        }
        return text.append(')').toString();
    }

    /** Whether a commit that was acknowledged under these names was waited for by every one of {@code standbys}. */
    public boolean cover(Collection<Copy> standbys) {
        return gated || copies.containsAll(standbys);
    }

    /** The same; empty when somebody else wrote it. */
    public static Optional<ServerNames> understood(String setting) {
        try {
            return Optional.of(parse(setting));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Reads a setting that {@link #setting()} wrote; anything else is somebody else's and is refused. */
    public static ServerNames parse(String setting) {
        if (setting.isEmpty()) {
            return none();
        }
        if (setting.equals(GATED)) {
            return gate();
        }
        Matcher matcher = FORM.matcher(setting);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "synchronous_standby_names is '" + setting + "', which this library did not write");
        }
        boolean gated = false;
        List<Copy> copies = new ArrayList<>();
        for (String name : matcher.group(2).split(", ")) {
            if (name.equals(GATE)) {
                gated = true;
            } else {
                copies.add(Copy.parse(name.replace("\"", "")));
            }
        }
        ServerNames names = new ServerNames(gated, copies);
        if (!names.setting().equals(setting)) {
            throw new IllegalArgumentException(
                    "synchronous_standby_names is '" + setting + "', which this library did not write");
        }
        return names;
    }
}
