package io.prontuario.ha.postgres;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the log of a stopped data directory ends. */
final class WalEnd {
    /** How a log usually ends: the first number is where its last valid record begins. */
    private static final Pattern INVALID_NEXT = Pattern.compile("error in WAL record at ([0-9A-F]+/[0-9A-F]+):");
    /** How it ends at the end of a segment. */
    private static final Pattern NO_NEXT_SEGMENT = Pattern.compile("could not find file \"([0-9A-F]{24})\"");

    /** Where the next record would begin, at the end of the same line; since PostgreSQL 15 the page, when that is what is wrong. */
    private static final Pattern NEXT =
            Pattern.compile("error in WAL record at [0-9A-F]+/[0-9A-F]+: .*(?: at|, LSN) ([0-9A-F]+/[0-9A-F]+)");

    private WalEnd() {}

    /**
     * A position within the last record of {@code own}'s timeline, so that it lies before a fork exactly when everything does: forks lie
     * between records. Found by reading the log; the control file alone knows lower bounds, and those of an older timeline when the
     * power was lost before a checkpoint on this one. Empty when the log cannot be read to its end.
     */
    static OptionalLong of(PostgresServer server, TimelineHistory own, Duration limit) {
        Map<String, String> control = server.controlData();
        long segment = segment(control);
        long branched = branched(own);
        OptionalLong read = lastRecord(read(server, own, limit), segment);
        if (read.isEmpty()) {
            return OptionalLong.empty();
        }
        // A standby's end of recovery is where a record ends.
        long recovered = TimelineHistory.position(control.getOrDefault("Minimum recovery ending location", "0/0")) - 1;
        long checkpoint = TimelineHistory.position(control.getOrDefault("Latest checkpoint location", "0/0"));
        return OptionalLong.of(Math.max(Math.max(read.getAsLong(), branched - 1), Math.max(recovered, checkpoint)));
    }

    /**
     * Behind the last record of {@code own}'s timeline: whoever has replayed more has something that is not here. Empty when the log cannot
     * be read to its end, or does not say.
     */
    static OptionalLong behind(PostgresServer server, TimelineHistory own, Duration limit) {
        return nextRecord(read(server, own, limit), segment(server.controlData()));
    }

    private static long segment(Map<String, String> control) {
        return Long.parseLong(control.getOrDefault("Bytes per WAL segment", "16777216"));
    }

    /** The log of this timeline begins in the segment in which it branched off, whatever the last checkpoint was on. */
    private static long branched(TimelineHistory own) {
        return own.parents().isEmpty()
                ? 0
                : own.parents().get(own.parents().size() - 1).switchPosition();
    }

    private static String read(PostgresServer server, TimelineHistory own, Duration limit) {
        Map<String, String> control = server.controlData();
        long redo = TimelineHistory.position(control.getOrDefault("Latest checkpoint's REDO location", "0/0"));
        long branched = branched(own);
        long start = redo >= branched ? redo : branched - branched % segment(control);
        // Quiet, since the records of a busy server fill gigabytes with text.
        return server.installation()
                .run(
                        limit,
                        Map.of(),
                        List.of(
                                "pg_waldump",
                                "--quiet",
                                "-p",
                                server.data().resolve("pg_wal").toString(),
                                "-t",
                                Integer.toString(own.timeline()),
                                "-s",
                                TimelineHistory.text(start)))
                .output();
    }

    /** Where a segment begins, by its file's name without the timeline. */
    static long segmentStart(String name, long segment) {
        return (Long.parseLong(name.substring(0, 8), 16) << 32) + Long.parseLong(name.substring(8), 16) * segment;
    }

    /** Reads how {@code pg_waldump} ended. */
    static OptionalLong lastRecord(String output, long segment) {
        Matcher invalid = INVALID_NEXT.matcher(output);
        if (invalid.find()) {
            return OptionalLong.of(TimelineHistory.position(invalid.group(1)));
        }
        Matcher missing = NO_NEXT_SEGMENT.matcher(output);
        if (missing.find()) {
            return OptionalLong.of(segmentStart(missing.group(1).substring(8), segment) - 1);
        }
        return OptionalLong.empty();
    }

    /** Reads from the same where the next record would begin, or a position behind that. */
    static OptionalLong nextRecord(String output, long segment) {
        Matcher next = NEXT.matcher(output);
        if (next.find()) {
            return OptionalLong.of(TimelineHistory.position(next.group(1)));
        }
        Matcher missing = NO_NEXT_SEGMENT.matcher(output);
        return missing.find()
                ? OptionalLong.of(segmentStart(missing.group(1).substring(8), segment))
                : OptionalLong.empty();
    }
}
