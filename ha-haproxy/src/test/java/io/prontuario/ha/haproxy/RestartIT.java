package io.prontuario.ha.haproxy;

import static io.prontuario.ha.haproxy.HaproxyLab.ONE;
import static io.prontuario.ha.haproxy.HaproxyLab.PATIENCE;
import static io.prontuario.ha.haproxy.HaproxyLab.TWO;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a restart and a reload do to what HAProxy was told. */
class RestartIT {

    @Test
    void bringsBackWhatARestartHasForgotten() throws IOException {
        try (HaproxyLab lab = HaproxyLab.open();
                HaproxyStrategy haproxy = HaproxyStrategy.of(lab.settings().build())) {
            haproxy.enable(Requests.enable(TWO));
            lab.restart();
            assertEquals("", lab.route());

            Outcome outcome = haproxy.reconcile(Requests.active(TWO));

            assertEquals(Outcome.Kind.DONE, outcome.kind(), outcome.detail());
            assertEquals("two", lab.route());
            assertEquals(
                    Outcome.Kind.ALREADY_SO,
                    haproxy.reconcile(Requests.active(TWO)).kind());
        }
    }

    /** Without waiting for the slow beat: nobody gets a connection until then. */
    @Test
    void whoeverIsWokenWhenTheProxyIsBackBringsItInLine() throws IOException {
        try (HaproxyLab lab = HaproxyLab.open();
                HaproxyStrategy haproxy = HaproxyStrategy.of(
                        lab.settings().checkInterval(Duration.ofMillis(200)).build())) {
            haproxy.start(new StrategyContext(
                    new NodeName("lb"), Ticker.system(), () -> haproxy.reconcile(Requests.active(TWO))));
            await().atMost(PATIENCE).until(() -> lab.route().equals("two"));

            lab.restart();

            await().atMost(PATIENCE).until(() -> lab.route().equals("two"));
        }
    }

    @Test
    void setsBackWhatAHandHasChanged() throws IOException {
        try (HaproxyLab lab = HaproxyLab.open();
                HaproxyStrategy haproxy = HaproxyStrategy.of(lab.settings().build())) {
            haproxy.enable(Requests.enable(ONE));
            for (String hand : List.of(
                    "set server pg/one state maint",
                    "set server pg/one state drain",
                    "set server pg/one weight 0",
                    "set server pg/two state ready",
                    "set server pg/one state maint;set server pg/two state ready")) {
                lab.say(hand);

                Outcome outcome = haproxy.reconcile(Requests.active(ONE));

                assertEquals(Outcome.Kind.DONE, outcome.kind(), () -> hand + ": " + outcome.detail());
                assertTrue(lab.view().ready("one") && lab.view().closed("two"), hand);
                assertEquals("one", lab.route(), hand);
            }
        }
    }

    /** They would write to a server that is not the primary, or read old rows from it. */
    @Test
    void endsTheSessionsThatAHandHasLedElsewhere() throws IOException {
        try (HaproxyLab lab = HaproxyLab.open();
                HaproxyStrategy haproxy = HaproxyStrategy.of(lab.settings().build())) {
            haproxy.enable(Requests.enable(ONE));
            lab.say("set server pg/two state ready;set server pg/two health up;set server pg/one state maint");
            LabelledClient astray = lab.connect();
            assertEquals("two", astray.label());

            haproxy.reconcile(Requests.active(ONE));

            assertFalse(astray.works());
            assertEquals("one", lab.route());
        }
    }

    @Test
    void bringsBackWhatAReloadHasForgottenAndLeavesThePrimarysSessionsAlone() throws IOException {
        try (HaproxyLab lab = HaproxyLab.masterWorker();
                HaproxyStrategy haproxy = HaproxyStrategy.of(
                        lab.settings().master(lab.unix(), lab.master()).build())) {
            haproxy.enable(Requests.enable(ONE));
            LabelledClient client = lab.connect();
            lab.reload();
            assertEquals("", lab.route());

            Outcome outcome = haproxy.reconcile(Requests.active(ONE));

            assertEquals(Outcome.Kind.DONE, outcome.kind(), outcome.detail());
            assertEquals("one", lab.route());
            assertTrue(client.works());
        }
    }

    @Test
    void endsTheSessionsThatReloadsLeftInOldWorkers() throws IOException {
        try (HaproxyLab lab = HaproxyLab.masterWorker();
                HaproxyStrategy haproxy = HaproxyStrategy.of(
                        lab.settings().master(lab.unix(), lab.master()).build())) {
            haproxy.enable(Requests.enable(ONE));
            List<LabelledClient> old = new ArrayList<>();
            // More than go into one command line.
            for (int i = 0; i < 250; i++) {
                old.add(lab.connect());
            }
            lab.reload();
            haproxy.reconcile(Requests.active(ONE));
            old.add(lab.connect());
            lab.reload();
            haproxy.reconcile(Requests.active(ONE));
            old.add(lab.connect());
            assertEquals(2, lab.oldWorkers());
            assertTrue(old.stream().allMatch(LabelledClient::works));

            Outcome flipped = haproxy.enable(Requests.enable(TWO));

            assertEquals(Outcome.Kind.DONE, flipped.kind(), flipped.detail());
            assertTrue(flipped.detail().endsWith("; 251 sessions of old workers were ended"), flipped.detail());
            assertTrue(old.stream().noneMatch(LabelledClient::works));
            await().atMost(PATIENCE).until(() -> lab.oldWorkers() == 0);
            assertEquals("two", lab.route());
        }
    }

    /** The limit that the README tells of: nobody but the master reaches an old worker. */
    @Test
    void leavesSessionsInOldWorkersAliveWithoutAMasterSocket() throws IOException {
        try (HaproxyLab lab = HaproxyLab.masterWorker();
                HaproxyStrategy haproxy = HaproxyStrategy.of(lab.settings().build())) {
            haproxy.enable(Requests.enable(ONE));
            LabelledClient client = lab.connect();
            lab.reload();

            Outcome flipped = haproxy.enable(Requests.enable(TWO));

            assertEquals(Outcome.Kind.DONE, flipped.kind(), flipped.detail());
            assertTrue(client.works());
            assertEquals("two", lab.route());
        }
    }

    @Test
    void saysSoWhenTheMasterIsNotReached() throws IOException {
        try (HaproxyLab lab = HaproxyLab.open();
                HaproxyStrategy haproxy = HaproxyStrategy.of(lab.settings()
                        .master(lab.unix(), "unix:" + lab.folder().resolve("nowhere.sock"))
                        .build())) {
            Outcome flipped = haproxy.enable(Requests.enable(TWO));

            assertEquals(Outcome.Kind.UNKNOWN, flipped.kind());
            assertTrue(
                    flipped.detail()
                            .startsWith(lab.unix()
                                    + " routes to two, but sessions may be left in workers from before a reload: HAProxy"
                                    + " is not reached on unix:" + lab.folder() + "/nowhere.sock"),
                    flipped.detail());
            assertEquals("two", lab.route());
        }
    }

    @Test
    void aRestartEndsEverySession() throws IOException {
        try (HaproxyLab lab = HaproxyLab.open();
                HaproxyStrategy haproxy = HaproxyStrategy.of(lab.settings().build())) {
            haproxy.enable(Requests.enable(ONE));
            LabelledClient client = lab.connect();
            lab.restart();

            assertFalse(client.works());
        }
    }
}
