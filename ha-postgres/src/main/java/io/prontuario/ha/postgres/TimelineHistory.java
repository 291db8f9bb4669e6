package io.prontuario.ha.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * A timeline with the timelines it branched off and where (PostgreSQL 15 docs, 26.3.5 Timelines).
 *
 * @param timeline the timeline itself
 * @param parents its ancestors, oldest first
 */
record TimelineHistory(int timeline, List<Parent> parents) {

    /** An ancestor and the position at which its successor began. */
    record Parent(int timeline, long switchPosition) {}

    TimelineHistory {
        parents = List.copyOf(parents);
    }

    /** Reads the text of a {@code NNNNNNNN.history} file; lines look like {@code 1<tab>0/3000648<tab>no recovery target specified}. */
    static TimelineHistory parse(int timeline, String text) {
        List<Parent> parents = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+", 3);
            if (words.length >= 2 && !words[0].startsWith("#")) {
                parents.add(new Parent(Integer.parseInt(words[0]), position(words[1])));
            }
        }
        return new TimelineHistory(timeline, parents);
    }

    static String fileName(int timeline) {
        return String.format(Locale.ROOT, "%08X.history", timeline);
    }

    /** Where {@code other} ends within this history: its switch position, "no end" when it is this timeline itself, empty when it is no part. */
    OptionalLong endOf(int other) {
        if (other == timeline) {
            return OptionalLong.of(Long.MAX_VALUE);
        }
        return parents.stream()
                .filter(parent -> parent.timeline() == other)
                .mapToLong(Parent::switchPosition)
                .findFirst();
    }

    /** Bytes of the log for a position written as {@code 16/B374D848}. */
    static long position(String text) {
        int slash = text.indexOf('/');
        return (Long.parseLong(text.substring(0, slash), 16) << 32) | Long.parseLong(text.substring(slash + 1), 16);
    }

    static String text(long position) {
        return Long.toHexString(position >>> 32).toUpperCase(Locale.ROOT) + "/"
                + Long.toHexString(position & 0xffff_ffffL).toUpperCase(Locale.ROOT);
    }
}
