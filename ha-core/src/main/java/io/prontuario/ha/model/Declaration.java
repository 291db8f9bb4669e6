package io.prontuario.ha.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A person says: the site is gone. Needed when no record can be written to say so, because ZooKeeper has no quorum. It names the cluster
 * and the epoch, so that one from last year, or for the test cluster, is worth nothing.
 *
 * @param clusterId the cluster's id in the record that was last read
 * @param epoch its epoch there
 * @param by who says so
 */
public record Declaration(String clusterId, long epoch, String by) {
    private static final Pattern TOKEN = Pattern.compile("EMERGENCY:([^:\\s]{1,100}):(\\d{1,18})");

    public Declaration {
        if (by.isBlank()) {
            throw new IllegalArgumentException("a declaration of emergency needs the name of whoever declares it");
        }
    }

    /** Reads what the person typed, such as {@code EMERGENCY:8c1f…:42}; empty when it is no such token. */
    public static Optional<Declaration> parse(String token, String by) {
        Matcher matcher = TOKEN.matcher(token.strip());
        return matcher.matches()
                ? Optional.of(new Declaration(matcher.group(1), Long.parseLong(matcher.group(2)), by))
                : Optional.empty();
    }

    /** What a person has to type for this cluster and epoch. */
    public String token() {
        return "EMERGENCY:" + clusterId + ":" + epoch;
    }
}
