package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pair that somebody else has set up, and what an adoption leaves behind that does not come to its end. */
class AdoptionIT {
    private static PostgresLab lab;
    private static LabServer primary;
    private static LabServer standby;

    @BeforeAll
    static void aPair() {
        lab = new PostgresLab();
        primary = lab.primary("studio-1");
        standby = lab.standby("studio-2", primary);
        primary.names("FIRST 1 (by_hand)");
    }

    @AfterAll
    static void endEverything() {
        lab.close();
    }

    @BeforeEach
    void thatNoAgentHasMade() throws IOException {
        standby.follow(primary.address(), "by_hand");
        Files.deleteIfExists(standby.server().state().resolve("copy"));
        awaitStreamsAs("by_hand");
    }

    @Test
    void aStandbyThatDoesNotStreamUnderItsNewNameFollowsAsBefore() throws Exception {
        Path rules = primary.data().resolve("pg_hba.conf");
        String before = Files.readString(rules);
        Files.writeString(rules, "host replication postgres 127.0.0.1/32 reject\n" + before);
        primary.value("select pg_reload_conf()");

        Outcome outcome = adopt(new Copy(standby.node(), "0a1b"), Duration.ofSeconds(2));

        Outcomes.is(Outcome.Kind.REFUSED, "follows as before", outcome);
        assertTrue(standby.identity().read().isEmpty());
        Files.writeString(rules, before);
        primary.value("select pg_reload_conf()");
        awaitStreamsAs("by_hand");
        assertTrue(
                primary.commitInBackground("create table acknowledged (id int)").acknowledgedWithin(20_000));
    }

    @Test
    void oneThatIsInterruptedBeforeItHasAnIdIsAStandbyLikeAnyAndIsTakenOverNextTime() throws Exception {
        Path inTheWay = Files.createDirectory(standby.server().state().resolve("copy.new"));
        Copy first = new Copy(standby.node(), "0a1b");
        assertThrows(UncheckedIOException.class, () -> adopt(first, LabServer.LIMIT));
        assertTrue(standby.identity().read().isEmpty());
        awaitStreamsAs(first.applicationName());

        Files.delete(inTheWay);
        Copy next = new Copy(standby.node(), "2c3d");
        Outcomes.holds(adopt(next, Duration.ofSeconds(20)));
        assertEquals(Optional.of(next), standby.identity().read());
        awaitStreamsAs(next.applicationName());
    }

    private Outcome adopt(Copy copy, Duration limit) throws Exception {
        try (Connection session = standby.server().connect(LabServer.LIMIT)) {
            return new Adoption(
                            standby.server(),
                            standby.identity(),
                            standby.namesSession(),
                            Ticker.system(),
                            Optional.empty())
                    .standby(copy, primary.address(), session, limit);
        }
    }

    private void awaitStreamsAs(String name) {
        LabServer.await("streams as " + name)
                .until(() -> primary.value("select string_agg(application_name || state, ',') from pg_stat_replication")
                        .equals(name + "streaming"));
    }
}
