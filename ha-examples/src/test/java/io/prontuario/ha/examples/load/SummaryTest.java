package io.prontuario.ha.examples.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final long MILLI = 1_000_000;

    private static Visit visit(long id, boolean write, long fromMillis, long toMillis, Answer answer) {
        return new Visit(id, write, fromMillis * MILLI, toMillis * MILLI, answer);
    }

    private static Visit wrote(long id, long fromMillis, long toMillis) {
        return visit(id, true, fromMillis, toMillis, Answer.SERVED);
    }

    private static final List<List<Visit>> TWO_USERS = List.of(
            List.of(
                    wrote(1, 0, 10),
                    visit(2, true, 100, 150, Answer.broken(true, "08006")),
                    visit(3, true, 200, 300, Answer.failed("not connected")),
                    wrote(4, 350, 400)),
            List.of(
                    wrote(5, 0, 20),
                    visit(5, false, 30, 40, Answer.SERVED),
                    visit(6, true, 120, 160, Answer.broken(true, "08006")),
                    visit(5, false, 130, 140, Answer.broken(false, "08006"))));

    private static Summary summary(Set<Long> here, Set<Long> there) {
        return Summary.of(TWO_USERS, List.of(here, there), 110 * MILLI);
    }

    @Test
    void countsWhatBecameOfEachRequest() {
        Summary summary = summary(Set.of(1L, 2L, 4L, 5L), Set.of(1L, 2L, 4L, 5L));

        assertEquals(4, summary.served());
        assertEquals(3, summary.writes().getTotalCount());
        assertEquals(Map.of("in doubt: 08006", 2, "failed: 08006", 1, "failed: not connected", 1), summary.troubles());
        assertEquals(2, summary.inDoubt());
        assertEquals(1, summary.inDoubtStored());
        assertEquals(0, summary.lost());
        assertEquals(3, summary.failedLater());
    }

    @Test
    void anAcknowledgedRowThatIsMissingAnywhereIsLost() {
        assertEquals(2, summary(Set.of(1L, 4L), Set.of(1L, 5L)).lost());
    }

    @Test
    void aStallLastsFromARequestToTheNextThatIsServed() {
        Summary summary = summary(Set.of(), Set.of());

        assertEquals(Duration.ofMillis(300), summary.longestStall());
        assertEquals(Duration.ofMillis(360), summary.longestSilence());
        assertEquals(Duration.ofMillis(100), summary.longestRequest());
    }

    @Test
    void theProxysOwnAnswersAreToldFromTheBackends() {
        assertEquals(Answer.SERVED, HttpWay.of(true, 201, Optional.empty()));
        assertEquals(Answer.SERVED, HttpWay.of(false, 404, Optional.empty()));
        assertEquals(Answer.failed("HTTP 503"), HttpWay.of(true, 503, Optional.empty()));
        assertEquals(Answer.broken(true, "HTTP 502"), HttpWay.of(true, 502, Optional.empty()));
        assertEquals(Answer.failed("HTTP 502"), HttpWay.of(false, 502, Optional.empty()));
        assertEquals(Answer.broken(true, "HTTP 500 08007"), HttpWay.of(true, 500, Optional.of("08007")));
    }

    private static Passage passage(Shape shape, Phase phase, int reconnects, int stuck) {
        return new Passage(
                shape,
                phase,
                0,
                phase == Phase.NORMAL ? Duration.ofNanos(-1) : Duration.ofMillis(110),
                List.of(new Passage.Mark(Duration.ofMillis(250), "promote <studio-2>")),
                TWO_USERS,
                summary(Set.of(1L, 2L, 4L, 5L), Set.of(1L, 2L, 4L, 5L)),
                reconnects,
                stuck,
                "");
    }

    @Test
    void saysWhatWasPromisedAndDidNotHold() {
        assertEquals(
                List.of("4 requests failed, and none was to"),
                passage(Shape.HTTP, Phase.SWITCHOVER, 0, 0).broken());
        assertEquals(List.of(), passage(Shape.TCP, Phase.SWITCHOVER, 1, 0).broken());
        assertEquals(
                List.of("a user had to connect anew 2 times"),
                passage(Shape.TCP, Phase.SWITCHOVER, 2, 0).broken());
        assertEquals(
                List.of("1 users had not come back in the end"),
                passage(Shape.HTTP, Phase.FAILOVER, 0, 1).broken());
    }

    @Test
    void thePageNeedsNothingBesideItAndShowsWhenItHappened() {
        LoadTest.Plan plan = new LoadTest.Plan(
                List.of(Shape.HTTP), List.of(Phase.FAILOVER), new Mix(2, 50, Duration.ZERO), 3, 20, 1);
        String page = new LoadResult(plan, Instant.EPOCH, List.of(passage(Shape.HTTP, Phase.FAILOVER, 0, 0))).html();

        assertTrue(page.contains("<svg") && page.contains("class=\"event\"") && page.contains("class=\"trouble\""));
        assertTrue(page.contains("prefers-color-scheme: dark"));
        assertTrue(page.contains("promote &lt;studio-2&gt; after 140 ms"), page);
        assertFalse(page.contains("http://") || page.contains("https://") || page.contains("NaN"), page);
    }

    @Test
    void refusesACrowdThatCannotBe() {
        String said = String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> new Mix(0, 101, Duration.ofMillis(-1)))
                        .getMessage());

        assertTrue(
                said.contains("users: 0, must be 1 to 250")
                        && said.contains("writes: 101 %, must be 0 to 100")
                        && said.contains("pause: -1 ms, must be 0 to 60000"),
                said);
    }
}
