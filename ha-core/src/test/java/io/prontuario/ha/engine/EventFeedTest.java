package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.http.EventSource.Event;
import io.prontuario.ha.http.EventSource.Subscription;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.testing.Records;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who listens gets what is new, and who was cut off what he has missed. */
class EventFeedTest {
    private final EventFeed feed = new EventFeed(36);
    private final List<Event> got = new ArrayList<>();

    private void tell(String message) {
        feed.onEvent(new HaEvent(Instant.EPOCH, Records.STUDIO_1, HaEvent.Kind.STATE, message, null));
    }

    private Subscription subscribe(String after) {
        return feed.subscribe(after, got::addAll, got::add);
    }

    private List<String> ids() {
        return got.stream().map(Event::id).toList();
    }

    @Test
    void whoListensGetsWhatIsNew() {
        tell("before");
        Subscription subscription = subscribe("");
        tell("now \"then\"\n");
        subscription.close();
        tell("after");
        assertEquals(
                List.of(
                        new Event(
                                "10-2",
                                "STATE",
                                "{\"at\":\"1970-01-01T00:00:00Z\",\"node\":\"studio-1\",\"kind\":\"STATE\",\"message\":\"now \\\"then\\\"\\n\"}")),
                got);
    }

    @Test
    void whoWasCutOffGetsWhatWasMissed() {
        tell("one");
        tell("two");
        tell("three");
        subscribe("10-1");
        assertEquals(List.of("10-2", "10-3"), ids());
    }

    /** The process was restarted meanwhile, or more has happened than is kept. */
    @Test
    void whoKnowsNothingOfThisLifeGetsAllThatIsKept() {
        for (int i = 0; i < 200; i++) {
            tell("event " + i);
        }
        subscribe("z-17");
        assertEquals(128, got.size());
        assertEquals("10-200", got.get(127).id());
        assertTrue(ids().contains("10-73"), ids()::toString);
    }
}
