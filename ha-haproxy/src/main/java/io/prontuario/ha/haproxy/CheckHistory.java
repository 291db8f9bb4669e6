package io.prontuario.ha.haproxy;

import io.prontuario.ha.model.Answer;
import java.time.Duration;

/**
 * What one proxy's check of one server tells of the server's host, as read again and again. Immutable and pure.
 *
 * <p>HAProxy tells the result of the last finished check, not when that was. What can honestly be said:
 *
 * <ul>
 *   <li>A check begins at most {@code interval} after the one before it has ended. So a result that is read while no check is under way is
 *       at most {@code interval} old.
 *   <li>A result that is read while the next check is under way may be as old as that check's own patience; if it is another one than at
 *       the reading before, it came in between.
 *   <li>After a server was made ready, after the proxy was frozen, and after this reader did not read for a while, the result is that of
 *       a check from before (measured on 2.6: a server made ready shows {@code L7OK} from before its maintenance until its first check
 *       has ended). It is not believed until a new one must be there.
 * </ul>
 *
 * A success that is believed too long would hold up a failover, a failure that is believed too soon costs a suspicion at most: ages are
 * rounded up, and what is older than {@link #OLDEST} says nothing.
 *
 * @param interval the longest time from a check's end to the next one's beginning ({@code inter} in the server's line)
 * @param beat how often it is read
 * @param steady whether the last readings followed each other without a gap
 * @param steadySinceNanos since when they do
 * @param askedNanos when the last reading was asked for
 * @param check the result that was read last; empty when there is none
 * @param answer what is believed
 * @param reachedNanos the host was reached then, or later; the first reading when it never was
 */
record CheckHistory(
        Duration interval,
        Duration beat,
        boolean steady,
        long steadySinceNanos,
        long askedNanos,
        String check,
        Answer answer,
        long reachedNanos) {

    /** A success from longer ago says nothing about now. */
    static final Duration OLDEST = Duration.ofSeconds(1);

    /** So many beats without a reading, and what was read before says nothing any more. */
    private static final int MISSED_BEATS = 3;

    static final Duration NEVER = Duration.ofDays(1);

    /** What is to be said at one moment. */
    record Seen(Answer answer, Duration lastReachedAge) {}

    static CheckHistory start(Duration interval, Duration beat) {
        return new CheckHistory(interval, beat, false, 0, 0, "", Answer.UNKNOWN, 0);
    }

    /** The proxy was asked and did not answer: nothing new is known, and what is known grows old by itself. */
    CheckHistory unanswered() {
        return new CheckHistory(interval, beat, false, 0, askedNanos, check, answer, reachedNanos);
    }

    /**
     * Takes a reading in.
     *
     * @param asked when the proxy was asked
     * @param answered when its reply was there; what it says was so at some moment between the two
     * @param stat what it said
     */
    CheckHistory read(long asked, long answered, ServerStat stat) {
        if (!stat.checked()) {
            return start(interval, beat);
        }
        boolean punctual = answered - asked <= beat.toNanos();
        boolean gap = !steady || !punctual || asked - askedNanos > MISSED_BEATS * beat.toNanos();
        if (gap) {
            long reached = check.isEmpty() ? answered : reachedNanos;
            return new CheckHistory(interval, beat, punctual, answered, asked, stat.check(), Answer.UNKNOWN, reached);
        }
        if (asked - steadySinceNanos < interval.toNanos() * 3 / 2) {
            return with(asked, stat, Answer.UNKNOWN, reachedNanos);
        }
        if (!stat.checking()) {
            return believed(asked, stat, asked - interval.toNanos());
        }
        return stat.check().equals(check) ? with(asked, stat, answer, reachedNanos) : believed(asked, stat, askedNanos);
    }

    private CheckHistory believed(long asked, ServerStat stat, long endedNanos) {
        boolean later = stat.answer() == Answer.REACHED && endedNanos - reachedNanos > 0;
        return with(asked, stat, stat.answer(), later ? endedNanos : reachedNanos);
    }

    private CheckHistory with(long asked, ServerStat stat, Answer believed, long reached) {
        return new CheckHistory(interval, beat, true, steadySinceNanos, asked, stat.check(), believed, reached);
    }

    /** What is to be said now. */
    Seen seen(long nowNanos) {
        if (check.isEmpty()) {
            return new Seen(Answer.UNKNOWN, NEVER);
        }
        Duration age = Duration.ofNanos(Math.max(0, nowNanos - reachedNanos));
        boolean unread = nowNanos - askedNanos > MISSED_BEATS * beat.toNanos();
        boolean old = answer == Answer.REACHED && age.compareTo(OLDEST) > 0;
        return new Seen(unread || old ? Answer.UNKNOWN : answer, age);
    }
}
