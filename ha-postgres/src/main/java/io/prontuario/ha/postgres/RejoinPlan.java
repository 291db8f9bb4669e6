package io.prontuario.ha.postgres;

import java.util.List;
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

    /** What it was when it last ran. */
    enum Last {
        /** It followed somebody. */
        STANDBY,
        /** It wrote log itself, and was shut down cleanly. */
        STOPPED_PRIMARY,
        /** It wrote log itself, and nobody knows how it ended. */
        CRASHED_PRIMARY
    }

    /**
     * @param primary the primary's history
     * @param own the directory's history
     * @param ownEnd a position in the last record of its log (see {@link WalEnd}); empty when it could not be read
     * @param last how it ended: whether it wrote log itself since it last followed somebody, and was shut down cleanly after that
     * @param keptFrom where the log begins that the primary has kept
     */
    static RejoinPlan decide(
            TimelineHistory primary, TimelineHistory own, OptionalLong ownEnd, Last last, long keptFrom) {
        OptionalLong fork = primary.endOf(own.timeline());
        RejoinPlan plan = byHistories(primary, own, fork, ownEnd, last);
        OptionalLong from = switch (plan.way()) {
            case FOLLOW -> ownEnd;
            case REWIND -> fork;
            case REBUILD -> OptionalLong.empty();
        };
        // It would ask for log that is gone, again and again.
        return from.isPresent() && from.getAsLong() < keptFrom
                ? new RejoinPlan(
                        Way.REBUILD,
                        "it needs log from " + TimelineHistory.text(from.getAsLong())
                                + " on, the primary has kept it from " + TimelineHistory.text(keptFrom) + " on ("
                                + plan.reason() + ")")
                : plan;
    }

    private static RejoinPlan byHistories(
            TimelineHistory primary, TimelineHistory own, OptionalLong fork, OptionalLong ownEnd, Last last) {
        if (own.timeline() > primary.timeline()) {
            return new RejoinPlan(
                    Way.REBUILD,
                    "it is on timeline " + own.timeline() + ", beyond the primary's " + primary.timeline());
        }
        if (own.timeline() == primary.timeline()) {
            return onTheSameTimeline(primary, own, last);
        }
        if (fork.isEmpty()) {
            return new RejoinPlan(
                    Way.REWIND,
                    "its timeline " + own.timeline() + " is no ancestor of the primary's " + primary.timeline());
        }
        if (!own.parents().equals(ancestorsOf(own.timeline(), primary))) {
            return new RejoinPlan(
                    Way.REWIND,
                    "its timeline " + own.timeline()
                            + " branched off elsewhere than the primary's timeline of that id");
        }
        if (ownEnd.isEmpty()) {
            return new RejoinPlan(Way.REWIND, "its log cannot be read to the end");
        }
        String reason = "its log ends at " + TimelineHistory.text(ownEnd.getAsLong()) + ", the fork to timeline "
                + primary.timeline() + " is at " + TimelineHistory.text(fork.getAsLong());
        // What a crashed primary has on disk is not known without reading all of it; after a clean stop it is what its
        // log
        // says, and all of that lies before the fork: so after a planned switchover.
        if (last == Last.CRASHED_PRIMARY) {
            return new RejoinPlan(Way.REWIND, "it was a primary: " + reason);
        }
        return new RejoinPlan(ownEnd.getAsLong() < fork.getAsLong() ? Way.FOLLOW : Way.REWIND, reason);
    }

    private static RejoinPlan onTheSameTimeline(TimelineHistory primary, TimelineHistory own, Last last) {
        if (!own.parents().equals(primary.parents())) {
            return new RejoinPlan(Way.REBUILD, "both are on timeline " + own.timeline() + " with different histories");
        }
        return last != Last.STANDBY
                ? new RejoinPlan(
                        Way.REBUILD,
                        "it wrote on timeline " + own.timeline()
                                + " itself, as the primary does: pg_rewind would see nothing to do")
                : new RejoinPlan(Way.FOLLOW, "it follows on the primary's timeline " + own.timeline());
    }

    private static List<TimelineHistory.Parent> ancestorsOf(int timeline, TimelineHistory history) {
        return history.parents().stream()
                .takeWhile(parent -> parent.timeline() != timeline)
                .toList();
    }
}
