package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.HaEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One line per change, and what is still wrong. */
final class EventsTest {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Events events = new Events(
            new NodeName("studio-1"),
            List.of(event -> told.add(event.message())),
            InstantSource.system(),
            Machine.real());

    @AfterEach
    void close() {
        events.close();
    }

    private void assertTold(String... messages) {
        events.tell(HaEvent.Kind.STATE, "end");
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> told.contains("end"));
        assertEquals(List.of(messages), told.subList(0, told.indexOf("end")));
    }

    @Test
    void whatStaysAsItIsIsToldOnceHoweverLongItLasts() {
        events.changed(HaEvent.Kind.ALARM, "server", "silent for 1000 ms");
        events.changed(HaEvent.Kind.ALARM, "server", "silent for 2000 ms");
        events.changed(HaEvent.Kind.ALARM, "server", "silent for 3000 ms, and so is the standby");

        assertTold("silent for 1000 ms", "silent for 3000 ms, and so is the standby");
    }

    @Test
    void whatIsOverMayBeToldAgain() {
        events.changed(HaEvent.Kind.ALARM, "server", "hangs");
        events.over("server");
        events.changed(HaEvent.Kind.ALARM, "server", "hangs");

        assertTold("hangs", "hangs");
    }

    @Test
    void troublesAreAlarmsAndWhatIsTriedInVainUntilTheyAreOver() {
        events.changed(HaEvent.Kind.STATE, "record", "epoch 4");
        events.changed(HaEvent.Kind.DUTY, "duty", "serving");
        events.changed(HaEvent.Kind.ALARM, "server", "hangs for 10 ms");
        events.changed(HaEvent.Kind.ALARM, "server", "hangs for 20 ms");
        events.changed(HaEvent.Kind.DUTY, "certificate of studio-2", "not certified yet: replay is paused");
        assertEquals(List.of("hangs for 20 ms", "not certified yet: replay is paused"), events.troubles("duty"));

        events.over("server");
        events.over("certificate of studio-2");
        assertEquals(List.of(), events.troubles("duty"));
    }
}
