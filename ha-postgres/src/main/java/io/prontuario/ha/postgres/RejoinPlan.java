package io.prontuario.ha.postgres;

import java.util.OptionalLong;

/**
 * How a data directory becomes a standby of a primary: decided from both logs alone.
 *
 * @param way what has to be done
 * @param reason why, as a sentence
 */
record RejoinPlan(Way way, String reason) {

    /** Ways to become a standby. */
    enum Way {
        /** Its log is a beginning of the primary's: it can just follow. */
        FOLLOW,
        /** It went on after the fork: pg_rewind. */
        REWIND,
        /** pg_rewind cannot tell the histories apart, or there is nothing to rewind: a new copy. */
        REBUILD
    }

    /**
     * @param primary the primary's history
     * @param own the directory's history
     * @param ownEnd where its log ends
     * @param wasPrimary whether it wrote log itself since it last followed somebody
     */
    static RejoinPlan decide(TimelineHistory primary, TimelineHistory own, long ownEnd, boolean wasPrimary) {
        OptionalLong fork = primary.endOf(own.timeline());
        if (own.timeline() > primary.timeline()) {
            return new RejoinPlan(
                    Way.REBUILD,
                    "it is on timeline " + own.timeline() + ", beyond the primary's " + primary.timeline());
        }
        if (own.timeline() == primary.timeline()) {
            if (!own.parents().equals(primary.parents())) {
                return new RejoinPlan(
                        Way.REBUILD, "both are on timeline " + own.timeline() + " with different histories");
            }
            return wasPrimary
                    ? new RejoinPlan(
                            Way.REBUILD,
                            "it wrote on timeline " + own.timeline()
                                    + " itself, as the primary does: pg_rewind would see nothing to do")
                    : new RejoinPlan(Way.FOLLOW, "it follows on the primary's timeline " + own.timeline());
        }
        if (fork.isEmpty()) {
            return new RejoinPlan(
                    Way.REWIND,
                    "its timeline " + own.timeline() + " is no ancestor of the primary's " + primary.timeline());
        }
        if (ownEnd < fork.getAsLong() && !wasPrimary) {
            return new RejoinPlan(
                    Way.FOLLOW,
                    "its log ends at " + TimelineHistory.text(ownEnd) + ", before the fork at "
                            + TimelineHistory.text(fork.getAsLong()));
        }
        return new RejoinPlan(
                Way.REWIND,
                "its log ends at " + TimelineHistory.text(ownEnd) + ", the fork to timeline " + primary.timeline()
                        + " is at " + TimelineHistory.text(fork.getAsLong()));
    }
}
