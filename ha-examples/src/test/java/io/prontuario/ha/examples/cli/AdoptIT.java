package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.examples.local.LocalServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A pair made by hand, with the defaults of PostgreSQL and names of its own, is taken over under clients. */
final class AdoptIT {

    @Test
    void aRunningPairIsTakenOverWithoutARestartAndWithoutAFailedWriteAndThenLosesNothing() throws Exception {
        try (RealPair pair = RealPair.madeByHand("adopted")) {
            pair.execute("studio-1", "create table entries (entry int primary key)");
            long primary = postmaster(pair.server("studio-1"));
            long standby = postmaster(pair.server("studio-2"));
            Client client = new Client(pair);
            Thread writing = new Thread(client, "client");
            writing.start();
            try {
                HaProcess.Result early = pair.at("studio-2", "adopt", "--confirm", "studio-2");
                assertEquals(1, early.exit(), early.output());
                assertTrue(early.output().contains("the primary is taken over first"), early.output());

                HaProcess.Result dry = pair.at("studio-1", "adopt", "--dry-run", "--json");
                assertEquals(0, dry.exit(), dry.output());
                // Before it, a line for each stage.
                String last = dry.output().strip().lines().reduce("", (one, next) -> next);
                JsonObject plan = JsonParser.parseString(last).getAsJsonObject();
                assertTrue(plan.get("changes").toString().contains("restart_after_crash: on"), plan::toString);
                assertTrue(plan.get("changes").toString().contains("FIRST 1 (by_hand)"), plan::toString);
                assertTrue(
                        plan.get("leftAsTheyAre").toString().contains("superuser_reserved_connections is 3"),
                        plan::toString);
                assertEquals(List.of("FIRST 1 (by_hand)"), pair.query("studio-1", "show synchronous_standby_names"));

                HaProcess.Result mistyped = pair.at("studio-1", "adopt", "--confirm", "studio-2");
                assertEquals(2, mistyped.exit(), mistyped.output());
                // Its last act fails: the record is there by then, and says nothing of a primary that serves.
                Path inTheWay = Files.createDirectory(
                        pair.data("studio-1").resolveSibling("data.ha").resolve("copy.new"));
                HaProcess.Result interrupted = pair.at("studio-1", "adopt", "--confirm", "studio-1");
                assertEquals(1, interrupted.exit(), interrupted.output());
                assertTrue(interrupted.output().contains("record created: studio-1."), interrupted.output());
                Files.delete(inTheWay);
                HaProcess.Result first = pair.at("studio-1", "adopt", "--confirm", "studio-1");
                assertEquals(0, first.exit(), first.output());
                HaProcess.Result again = pair.at("studio-1", "adopt", "--confirm", "studio-1");
                assertEquals(0, again.exit(), again.output());

                HaProcess.Result unattended = pair.at("studio-2", "adopt", "--confirm", "studio-2");
                assertEquals(1, unattended.exit(), unattended.output());
                assertTrue(unattended.output().contains("start ha node on studio-1 first"), unattended.output());
                pair.startAgent("studio-1");
                pair.awaitStatus("primary studio-1.");
                pair.awaitStatus("studio-1 data");

                HaProcess.Result second = pair.at("studio-2", "adopt", "--confirm", "studio-2");
                assertEquals(0, second.exit(), second.output());
                pair.startAgent("studio-2");
                pair.awaitStatus("takeover: possible, to [studio-2.");

                assertEquals(primary, postmaster(pair.server("studio-1")));
                assertEquals(standby, postmaster(pair.server("studio-2")));
                assertEquals(List.of("off"), pair.query("studio-1", "show restart_after_crash"));
                assertEquals(List.of("3"), pair.query("studio-1", "show superuser_reserved_connections"));
                assertEquals(null, client.failure.get(), () -> "" + client.failure.get());
                assertFalse(client.acknowledged().isEmpty());

                // What it was taken over for.
                pair.killAgent("studio-1");
                pair.server("studio-1").kill();
                pair.awaitStatus("primary studio-2.");
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> pair.query("studio-2", "select pg_is_in_recovery()"), List.of("f")::equals);
                assertNotEquals(null, client.failure.get());
                List<Integer> kept = pair.query("studio-2", "select entry from entries").stream()
                        .map(Integer::valueOf)
                        .toList();
                assertTrue(kept.containsAll(client.acknowledged()), "acknowledged writes were lost");
            } finally {
                client.ended = true;
                writing.join();
            }
        }
    }

    private static long postmaster(LocalServerProcess server) {
        return server.postmaster().orElseThrow().pid();
    }

    /** Writes on one session until something fails. */
    private static final class Client implements Runnable {
        private final RealPair pair;
        private final List<Integer> written = new ArrayList<>();
        private final AtomicReference<SQLException> failure = new AtomicReference<>();
        private volatile boolean ended;

        Client(RealPair pair) {
            this.pair = pair;
        }

        List<Integer> acknowledged() {
            synchronized (written) {
                return List.copyOf(written);
            }
        }

        @Override
        public void run() {
            try {
                pair.repeatedly("studio-1", "insert into entries values (?)", number -> {
                    synchronized (written) {
                        written.add(number);
                    }
                    return !ended;
                });
            } catch (SQLException e) {
                failure.set(e);
            }
        }
    }
}
