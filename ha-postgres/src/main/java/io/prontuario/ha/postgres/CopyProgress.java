package io.prontuario.ha.postgres;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How far a base backup is, by what {@code pg_basebackup --progress} writes once a second: {@code 81920/204800 kB (40%), 0/1 tablespace}. The whole
 * is the server's estimate from before, and may turn out larger (PostgreSQL 15 docs, pg_basebackup, "--progress").
 *
 * @param done in kB
 * @param whole in kB
 */
record CopyProgress(long done, long whole) {
    private static final Pattern LINE = Pattern.compile("(?m)^\\s*(\\d+)/(\\d+) kB \\(\\d+%\\).*$");
    private static final long KIB_IN_MIB = 1024;

    /** The last that stands in the tool's output so far. */
    static Optional<CopyProgress> last(String output) {
        return LINE.matcher(output)
                .results()
                .reduce((MatchResult before, MatchResult after) -> after)
                .map(line -> new CopyProgress(Long.parseLong(line.group(1)), Long.parseLong(line.group(2))));
    }

    /** What else the tool has said: why it failed. */
    static String without(String output) {
        return output.lines().filter(line -> !LINE.matcher(line).matches()).collect(Collectors.joining("\n"));
    }

    /** For people: {@code 40 % of 200 MiB}. */
    @Override
    public String toString() {
        long percent = whole == 0 ? 0 : Math.min(100, done * 100 / whole);
        return String.format(Locale.ROOT, "%d %% of %d MiB", percent, Math.max(1, whole / KIB_IN_MIB));
    }
}
