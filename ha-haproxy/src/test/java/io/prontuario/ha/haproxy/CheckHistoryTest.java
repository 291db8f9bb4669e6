package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.haproxy.CheckHistory.Seen;
import io.prontuario.ha.model.Answer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Checks every 200 ms, readings every 100 ms that take 1 ms; times in milliseconds. */
class CheckHistoryTest {
    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final Duration BEAT = Duration.ofMillis(100);

    private CheckHistory history = CheckHistory.start(INTERVAL, BEAT);

    private void read(long at, String check) {
        read(at, at + 1, check);
    }

    private void read(long asked, long answered, String check) {
        boolean underWay = check.startsWith("* ");
        history = history.read(
                nanos(asked),
                nanos(answered),
                new ServerStat("one", 0, underWay ? check.substring(2) : check, underWay));
    }

    private void unanswered() {
        history = history.unanswered();
    }

    private static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private Answer answer(long at) {
        return history.seen(nanos(at)).answer();
    }

    private long age(long at) {
        return history.seen(nanos(at)).lastReachedAge().toMillis();
    }

    /** Reads {@code L7OK} from 0 to {@code until}. */
    private void steadilyReached(long until) {
        for (long at = 0; at <= until; at += 100) {
            read(at, "L7OK");
        }
    }

    @Test
    void knowsNothingBeforeTheFirstReading() {
        assertEquals(new Seen(Answer.UNKNOWN, CheckHistory.NEVER), history.seen(0));
    }

    @Test
    void believesNoResultUntilANewOneMustBeThere() {
        read(0, "L7OK");
        assertEquals(Answer.UNKNOWN, answer(1));
        read(100, "L7OK");
        read(200, "L7OK");
        assertEquals(Answer.UNKNOWN, answer(201));
        read(300, "L7OK");
        assertEquals(Answer.UNKNOWN, answer(301));

        read(400, "L7OK");

        assertEquals(Answer.REACHED, answer(401));
        assertEquals(201, age(401));
    }

    @Test
    void takesASuccessForAsOldAsTheIntervalAllows() {
        steadilyReached(1000);

        assertEquals(Answer.REACHED, answer(1001));
        assertEquals(201, age(1001));
        assertEquals(251, age(1051));
    }

    @Test
    void doesNotCountASuccessAnewWhileTheNextCheckIsUnderWay() {
        steadilyReached(1000);
        read(1100, "* L7OK");
        read(1200, "* L7OK");
        read(1300, "* L7OK");

        assertEquals(Answer.REACHED, answer(1301));
        assertEquals(501, age(1301));
    }

    @Test
    void takesAnotherResultForYoungerThanTheReadingBefore() {
        steadilyReached(1000);
        read(1100, "L7TOUT");
        read(1200, "L7TOUT");
        read(1300, "* L7OK");

        assertEquals(Answer.REACHED, answer(1301));
        assertEquals(101, age(1301));
    }

    @Test
    void turnsUnreachedWithTheFirstCheckThatFailsAndGrowsOlderFromTheLastSuccess() {
        steadilyReached(1000);
        read(1100, "* L7OK");
        read(1200, "L7TOUT");

        assertEquals(Answer.UNREACHED, answer(1201));
        assertEquals(401, age(1201));

        read(1300, "* L7TOUT");
        read(1400, "L4TOUT");
        assertEquals(Answer.UNREACHED, answer(1401));
        assertEquals(601, age(1401));
    }

    /** The case that would have broken it: an agent without the store said so for as long as it lived, and nobody took over. */
    @Test
    void aStatusThatIsNoNeitherVetoesATakeoverNorAsksForOne() {
        steadilyReached(1000);
        read(1100, "L7STS");

        assertEquals(Answer.UNKNOWN, answer(1101));
    }

    @Test
    void countsFromTheFirstReadingWhenItWasNeverReached() {
        for (long at = 0; at <= 1000; at += 100) {
            read(at, "L4CON");
        }

        assertEquals(Answer.UNREACHED, answer(1001));
        assertEquals(1000, age(1001));
    }

    @Test
    void forgetsEverythingInMaintenance() {
        steadilyReached(1000);
        read(1100, "");

        assertEquals(new Seen(Answer.UNKNOWN, CheckHistory.NEVER), history.seen(nanos(1101)));

        // Made ready: the result from before the maintenance is shown until the first check has ended.
        read(1200, "L7OK");
        read(1300, "* L7OK");
        assertEquals(Answer.UNKNOWN, answer(1301));
        read(1400, "* L7OK");
        read(1500, "* L7OK");
        read(1600, "* L7OK");
        assertEquals(Answer.UNKNOWN, answer(1601));
        read(1700, "L7TOUT");

        assertEquals(Answer.UNREACHED, answer(1701));
        assertEquals(500, age(1701));
    }

    @Test
    void saysNothingWhenItIsNotRead() {
        steadilyReached(1000);
        unanswered();

        assertEquals(Answer.REACHED, answer(1300));
        assertEquals(Answer.UNKNOWN, answer(1301));
        // When it was last reached stays true.
        assertEquals(501, age(1301));
    }

    @Test
    void believesNothingRightAfterTheProxyDidNotAnswer() {
        steadilyReached(1000);
        unanswered();
        read(1200, "L7OK");
        assertEquals(Answer.UNKNOWN, answer(1201));
        read(1300, "L7OK");
        read(1400, "L7OK");
        read(1500, "L7OK");
        assertEquals(Answer.UNKNOWN, answer(1501));

        read(1600, "L7OK");

        assertEquals(Answer.REACHED, answer(1601));
    }

    @Test
    void keepsTheLastSuccessOverAProxyThatWasAway() {
        steadilyReached(1000);
        unanswered();
        read(3000, "L7TOUT");
        read(3100, "L7TOUT");
        read(3200, "L7TOUT");
        read(3300, "L7TOUT");
        read(3400, "L7TOUT");

        assertEquals(Answer.UNREACHED, answer(3401));
        assertEquals(2601, age(3401));
    }

    @Test
    void believesNothingAfterAPauseOfItsOwn() {
        steadilyReached(1000);
        read(1301, "L7OK");

        assertEquals(Answer.UNKNOWN, answer(1302));
    }

    @Test
    void believesNoReplyThatWasLongUnderWay() {
        steadilyReached(1000);
        // The proxy was frozen and has just gone on: it tells a result from before.
        read(1100, 1350, "L7OK");

        assertEquals(Answer.UNKNOWN, answer(1351));
        read(1400, "L7OK");
        read(1500, "L7OK");
        read(1600, "L7OK");
        assertEquals(Answer.UNKNOWN, answer(1601));
        read(1700, "L7OK");
        read(1800, "L7OK");
        assertEquals(Answer.REACHED, answer(1801));
    }

    @Test
    void anOldSuccessSaysNothingHoweverOftenItIsRead() {
        // A check without a time limit of its own that hangs.
        steadilyReached(1000);
        for (long at = 1100; at <= 1900; at += 100) {
            read(at, "* L7OK");
        }
        assertEquals(Answer.UNKNOWN, answer(1901));

        // The interval is longer than a success lasts: no veto by such a check.
        history = CheckHistory.start(Duration.ofSeconds(2), BEAT);
        steadilyReached(10_000);
        assertEquals(Answer.UNKNOWN, answer(10_001));
    }
}
