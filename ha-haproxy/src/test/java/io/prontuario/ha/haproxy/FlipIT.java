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
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.Verb;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flipping a real HAProxy. */
class FlipIT {
    private HaproxyLab lab;
    private HaproxyStrategy haproxy;

    @BeforeEach
    void begin() {
        lab = HaproxyLab.open();
        haproxy = HaproxyStrategy.of(lab.settings().build());
    }

    @AfterEach
    void end() throws IOException {
        haproxy.close();
        lab.close();
    }

    @Test
    void routesNowhereUntilItIsTold() {
        assertEquals("", lab.route());

        assertEquals(Outcome.Kind.DONE, haproxy.enable(Requests.enable(ONE)).kind());

        assertEquals("one", lab.route());
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix", "tcp"})
    void endsTheOldServersSessionsWhenItFlips(String way) {
        try (HaproxyStrategy over = HaproxyStrategy.of(
                HaproxyLab.settings(way.equals("unix") ? lab.unix() : lab.tcp()).build())) {
            over.enable(Requests.enable(ONE));
            List<LabelledClient> old = List.of(lab.connect(), lab.connect(), lab.connect());
            assertTrue(old.stream().allMatch(client -> client.label().equals("one") && client.works()));

            Outcome flipped = over.enable(Requests.enable(TWO));

            assertEquals(Outcome.Kind.DONE, flipped.kind(), flipped.detail());
            assertTrue(flipped.detail().contains(way + ":"), flipped.detail());
            assertTrue(old.stream().noneMatch(LabelledClient::works));
            LabelledClient next = lab.connect();
            assertEquals("two", next.label());
            assertTrue(next.works());
            BackendView view = lab.view();
            assertTrue(view.serves("two") && view.closed("one"), view.toString());
            await().atMost(PATIENCE).until(() -> lab.server(ONE).connections() == 0);
        }
    }

    @Test
    void saysAlreadySoTheSecondTimeAndTouchesNothing() {
        haproxy.enable(Requests.enable(ONE));
        LabelledClient client = lab.connect();

        assertEquals(
                Outcome.Kind.ALREADY_SO, haproxy.enable(Requests.enable(ONE)).kind());
        assertEquals(
                Outcome.Kind.ALREADY_SO, haproxy.reconcile(Requests.active(ONE)).kind());

        assertTrue(client.works());
    }

    @Test
    void isolatesWithEverySessionGoneBeforeItSaysSo() {
        haproxy.enable(Requests.enable(ONE));
        for (int i = 0; i < 100; i++) {
            lab.connect();
        }

        Outcome isolated = haproxy.isolate(Requests.isolate(ONE));

        assertEquals(Outcome.Kind.DONE, isolated.kind(), isolated.detail());
        assertEquals(0, lab.view().sessions("one"));
        assertEquals("", lab.route());
        assertEquals(
                Outcome.Kind.ALREADY_SO, haproxy.isolate(Requests.isolate(ONE)).kind());
    }

    @Test
    void endsSessionsThatLiveOnInAClosedServer() throws IOException {
        // Without "on-marked-down shutdown-sessions", whoever sets maintenance by hand leaves the sessions alive.
        lab.close();
        lab = HaproxyLab.with(text -> text.replace(" on-marked-down shutdown-sessions", ""));
        try (HaproxyStrategy strategy = HaproxyStrategy.of(lab.settings().build())) {
            strategy.enable(Requests.enable(ONE));
            LabelledClient client = lab.connect();
            lab.say("set server pg/two state ready;set server pg/one state maint");
            assertTrue(client.works());

            Outcome reconciled = strategy.reconcile(Requests.active(TWO));

            assertEquals(Outcome.Kind.DONE, reconciled.kind(), reconciled.detail());
            assertFalse(client.works());
        }
    }

    @Test
    void leavesTheTrafficWhereItIsUntilTheNomineeIsActive() {
        haproxy.enable(Requests.enable(ONE));
        LabelledClient client = lab.connect();

        Outcome outcome = haproxy.reconcile(Requests.nominated(TWO));

        assertEquals(Outcome.Kind.ALREADY_SO, outcome.kind());
        assertTrue(client.works());
        assertEquals("one", lab.route());
    }

    @Test
    void bringsAFreshlyOpenedServerBackWithoutWaitingForItsCheck() {
        haproxy.enable(Requests.enable(ONE));
        lab.agent(ONE).answer(PrimaryResponder.Mode.UNAVAILABLE);
        await().atMost(PATIENCE).until(() -> !lab.view().serves("one"));
        // Not told by a check yet, and not to be: the engine knows that it is open.
        assertEquals(
                Outcome.Kind.ALREADY_SO, haproxy.reconcile(Requests.active(ONE)).kind());
        assertFalse(lab.view().serves("one"));

        Outcome enabled = haproxy.enable(Requests.enable(ONE));

        assertEquals(Outcome.Kind.DONE, enabled.kind(), enabled.detail());
        assertEquals("one", lab.route());
    }

    @Test
    void refusesANodeWithoutAServer() {
        Outcome refused = haproxy.enable(Requests.enable(new NodeName("studio-3")));

        assertEquals(Outcome.Kind.REFUSED, refused.kind());
        assertEquals("haproxy.servers has no server for studio-3: add it", refused.detail());
        assertEquals(
                Outcome.Kind.REFUSED,
                haproxy.isolate(Requests.isolate(new NodeName("studio-3"))).kind());
        assertEquals(
                Outcome.Kind.REFUSED,
                haproxy.reconcile(Requests.active(new NodeName("studio-3"))).kind());
    }

    @Test
    void namesAServerThatGetsTrafficAndBelongsToNobody() {
        try (HaproxyStrategy half = HaproxyStrategy.of(HaproxySettings.builder()
                .proxy(lab.unix())
                .backend(HaproxyLab.BACKEND)
                .server(ONE, "one")
                .build())) {
            lab.say("set server pg/two state ready");

            // It is not in the way of a failover, but somebody has to know.
            assertEquals(Outcome.Kind.DONE, half.enable(Requests.enable(ONE)).kind());
            Outcome reconciled = half.reconcile(Requests.active(ONE));

            assertEquals(Outcome.Kind.REFUSED, reconciled.kind());
            assertEquals(
                    lab.unix()
                            + " also routes to two in backend 'pg', which haproxy.servers does not name: name it there, or"
                            + " take it out of the backend",
                    reconciled.detail());
            assertEquals(
                    Outcome.Kind.REFUSED, half.prepare(Requests.enable(ONE)).kind());
        }
    }

    @Test
    void preparesWithoutChangingAnything() {
        String before = lab.say("show servers state pg");

        assertEquals(Outcome.Kind.DONE, haproxy.prepare(Requests.enable(ONE)).kind());

        assertEquals(ServerState.parse(before), ServerState.parse(lab.say("show servers state pg")));
        assertEquals("", lab.route());
    }

    @Test
    void describesWhatItWillDo() {
        assertEquals(
                "set server pg/two ready, then the others to maintenance, on [" + lab.unix() + "]",
                haproxy.describe(new Step("haproxy", Verb.ENABLE, TWO)));
        assertEquals(
                "set server pg/one to maintenance and end its sessions, on [" + lab.unix() + "]",
                haproxy.describe(new Step("haproxy", Verb.ISOLATE, ONE)));
    }
}
