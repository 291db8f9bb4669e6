package io.prontuario.ha.decide;

/**
 * The log of one copy of the data: what it really holds, and what PostgreSQL can tell of it.
 *
 * <p>PostgreSQL tells logs apart by timelines and by the positions at which they begin, never by what is written: two servers that took
 * the same timeline id at the same position have logs that look alike and are not. So an entry has a content, unique wherever it was
 * written, and {@link #looksLikeBeginningOf} goes by timelines and positions alone.
 *
 * @param entries one character each
 */
record Log(String entries) {
    static final Log EMPTY = new Log("");

    /** From here on {@code by} counts nodes whose server a person promoted. */
    static final int BY_HAND = 8;

    private static final int KIND = 0xf000;
    private static final int COMMIT = 0x1000;
    private static final int TIMELINE = 0x2000;

    /** A client's commit. */
    Log commit(int number) {
        return new Log(entries + (char) (COMMIT | number));
    }

    /** A promotion: the timeline is what PostgreSQL sees, {@code by} what makes it another log than that of the next who takes it. */
    Log promoted(int timeline, int by) {
        return new Log(entries + (char) (TIMELINE | timeline << 4 | by));
    }

    int length() {
        return entries.length();
    }

    int timeline() {
        for (int at = entries.length() - 1; at >= 0; at--) {
            int timeline = timelineBegunAt(at);
            if (timeline > 0) {
                return timeline;
            }
        }
        return 1;
    }

    private int timelineBegunAt(int at) {
        char entry = entries.charAt(at);
        return (entry & KIND) == TIMELINE ? (entry & 0xff0) >> 4 : 0;
    }

    /** Whether it holds what a server wrote that was promoted by hand. */
    boolean wasPromotedByHand() {
        for (int at = 0; at < entries.length(); at++) {
            if (timelineBegunAt(at) > 0 && (entries.charAt(at) & 0xf) >= BY_HAND) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a primary with this log lets somebody on that timeline connect at all. It goes by the id alone, and the connection begins
     * at the start of a segment, so one that went on beyond the fork connects for a moment, and reports its own position.
     */
    boolean knowsTimeline(int timeline) {
        for (int at = 0; at < entries.length(); at++) {
            if (timelineBegunAt(at) == timeline) {
                return true;
            }
        }
        return timeline == 1;
    }

    /** Where a commit is, from 0; -1 when it is not here. */
    int positionOf(int commit) {
        return entries.indexOf(COMMIT | commit);
    }

    /** Whether it holds all of these commits, given as bits. */
    boolean holds(int commits) {
        for (int commit = 0, left = commits; left != 0; commit++, left >>= 1) {
            if ((left & 1) != 0 && positionOf(commit) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the entry that ends the first {@code length} ones is here at the same place: what SQL on a standby can show. A token behind
     * that entry would be found exactly where the entry is found, so tokens are no entries of their own.
     */
    boolean hasEntry(Log of, int length) {
        return length == 0
                || (length <= entries.length() && entries.charAt(length - 1) == of.entries.charAt(length - 1));
    }

    /** Whether PostgreSQL would let it follow: no longer, and the same timelines begun at the same positions. */
    boolean looksLikeBeginningOf(Log other) {
        if (entries.length() > other.entries.length()) {
            return false;
        }
        for (int at = 0; at < entries.length(); at++) {
            if (timelineBegunAt(at) != other.timelineBegunAt(at)) {
                return false;
            }
        }
        return true;
    }

    /**
     * What {@code pg_rewind} makes of it: up to where the timelines begin to differ it trusts its own data, from there on it takes the
     * other's.
     */
    Log rewoundTo(Log source) {
        int common = 0;
        int shorter = Math.min(entries.length(), source.entries.length());
        while (common < shorter && timelineBegunAt(common) == source.timelineBegunAt(common)) {
            common++;
        }
        return new Log(entries.substring(0, common) + source.entries.substring(common));
    }

    /** One more entry of the log it follows. */
    Log withNextOf(Log other) {
        return new Log(entries + other.entries.charAt(entries.length()));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < entries.length(); at++) {
            char entry = entries.charAt(at);
            text.append(
                    switch (entry & KIND) {
                        case COMMIT -> "c" + (entry & 0xff);
                        default -> "T" + timelineBegunAt(at) + "/" + (entry & 0xf);
                    });
            text.append(' ');
        }
        return text.toString().strip();
    }
}
