package io.prontuario.ha.haproxy;

import static io.prontuario.ha.haproxy.HaproxyLab.ONE;
import static io.prontuario.ha.haproxy.HaproxyLab.TWO;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.haproxy.HaproxyException.Kind;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.testing.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong settings and bad days: the message names what it is about and what to do next. */
class BadInputIT {
    private static final Duration LIMIT = Duration.ofMillis(300);
    private static HaproxyLab lab;

    @BeforeAll
    static void begin() {
        lab = HaproxyLab.with(text -> text.replace(
                "    stats timeout",
                "    stats socket " + operator(text) + " mode 600 level operator\n"
                        + "    stats socket " + severe(text) + " mode 600 level admin severity-output number\n"
                        + "    stats timeout"));
    }

    @AfterAll
    static void end() throws IOException {
        lab.close();
    }

    private static String operator(String text) {
        return socket(text).replace("admin.sock", "operator.sock");
    }

    private static String severe(String text) {
        return socket(text).replace("admin.sock", "severe.sock");
    }

    private static String socket(String text) {
        return text.lines()
                .filter(line -> line.contains("admin.sock"))
                .findFirst()
                .orElseThrow()
                .strip()
                .split(" ")[2];
    }

    private static Outcome enable(HaproxySettings.Builder settings) {
        try (HaproxyStrategy strategy = HaproxyStrategy.of(settings.build())) {
            return strategy.enable(Requests.enable(TWO));
        }
    }

    @Test
    void namesAnUnknownBackendAndThoseThatThereAre() {
        Outcome outcome = enable(lab.settings().backend("medical"));

        assertEquals(Outcome.Kind.REFUSED, outcome.kind());
        assertEquals(
                lab.unix() + " has no backend 'medical' (it has pg): check haproxy.backend against its configuration",
                outcome.detail());
    }

    @Test
    void namesAnUnknownServerAndThoseThatThereAreAndFlipsNothing() {
        List<Integer> before = administered();
        HaproxySettings.Builder settings = HaproxySettings.builder()
                .proxy(lab.unix())
                .backend("pg")
                .server(ONE, "studio-1")
                .server(TWO, "two");

        Outcome outcome = enable(settings);

        assertEquals(Outcome.Kind.REFUSED, outcome.kind());
        assertEquals(
                lab.unix()
                        + " has no server 'studio-1' in backend 'pg' (it has one, two): check haproxy.servers against its"
                        + " configuration",
                outcome.detail());
        // The known one must not be made ready beside one that could not be closed.
        assertEquals(before, administered());
        try (HaproxyStrategy strategy = HaproxyStrategy.of(settings.build())) {
            assertEquals(outcome, strategy.isolate(Requests.isolate(ONE)));
        }
    }

    /** What its administrator has said of each server; the rest changes by itself, such as whether a check is under way. */
    private List<Integer> administered() {
        return ServerState.parse(lab.say("show servers state pg")).stream()
                .map(ServerState::admin)
                .toList();
    }

    @Test
    void namesASocketThatIsNotThere() {
        Path nowhere = lab.folder().resolve("nowhere.sock");

        Outcome outcome = enable(HaproxyLab.settings("unix:" + nowhere));

        assertEquals(Outcome.Kind.RETRY, outcome.kind());
        assertEquals(
                "HAProxy is not reached on unix:" + nowhere
                        + " (No such file or directory): is it running, and is 'stats socket' set to this address?",
                outcome.detail());
    }

    @Test
    void namesAPortThatNobodyListensOn() {
        String address = "tcp:127.0.0.1:" + FreePorts.find(1)[0];

        Outcome outcome = enable(HaproxyLab.settings(address));

        assertEquals(Outcome.Kind.RETRY, outcome.kind());
        assertEquals(
                "HAProxy is not reached on " + address
                        + " (Connection refused): is it running, and is 'stats socket' set to this address?",
                outcome.detail());
    }

    @Test
    void namesAHostThatNobodyKnows() {
        Outcome outcome = enable(HaproxyLab.settings("tcp:no-such-host.invalid:9999"));

        // A slow name service: UNKNOWN, bounded. An answer "no such host": RETRY.
        assertTrue(outcome.detail().contains("tcp:no-such-host.invalid:9999"), outcome.detail());
        assertTrue(
                outcome.kind() == Outcome.Kind.RETRY
                        ? outcome.detail().contains("(unknown host no-such-host.invalid)")
                        : outcome.detail().contains("is its name looked up slowly?"),
                outcome.toString());
    }

    @Test
    void namesAPortThatSpeaksSomethingElse() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            answer(other, "220 mail.example ESMTP\r\n");

            Outcome outcome = enable(HaproxyLab.settings("tcp:127.0.0.1:" + other.getLocalPort()));

            assertEquals(Outcome.Kind.UNKNOWN, outcome.kind());
            assertTrue(
                    outcome.detail().startsWith("tcp:127.0.0.1:" + other.getLocalPort() + " answered 'show cli level;"),
                    outcome.detail());
            assertTrue(outcome.detail().contains("'220 mail.example ESMTP'"), outcome.detail());
            assertTrue(outcome.detail().endsWith("is this HAProxy's runtime API?"), outcome.detail());
        }
    }

    @Test
    void takesHalfAnAnswerForNone() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String whole = StubProxy.answer("pg", "one");
            answer(other, whole.substring(0, whole.indexOf(" two")));

            Outcome outcome = enable(HaproxyLab.settings("tcp:127.0.0.1:" + other.getLocalPort()));

            assertEquals(Outcome.Kind.UNKNOWN, outcome.kind());
            assertTrue(
                    outcome.detail().startsWith("tcp:127.0.0.1:" + other.getLocalPort() + " answered 'show cli level;"),
                    outcome.detail());
            assertTrue(
                    outcome.detail().contains("3 pg 1 one") || outcome.detail().contains("not a server state"),
                    outcome.detail());
        }
    }

    @Test
    void takesTheAnswerOfAnotherProxyForNone() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            answer(other, StubProxy.answer("billing", "one"));

            Outcome outcome = enable(HaproxyLab.settings("tcp:127.0.0.1:" + other.getLocalPort()));

            assertEquals(Outcome.Kind.UNKNOWN, outcome.kind());
            assertTrue(
                    outcome.detail()
                            .endsWith(
                                    "the servers of backend 'billing', asked was for 'pg': is this another proxy's answer?"),
                    outcome.detail());
        }
    }

    /** A byte now and then: each is in time, the answer is not. */
    @Test
    void doesNotWaitForOneThatAnswersTooSlowly() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread drip = new Thread(() -> {
                try (Socket socket = other.accept()) {
                    for (char next : StubProxy.answer("pg", "one").toCharArray()) {
                        socket.getOutputStream().write(next);
                        LockSupport.parkNanos(20_000_000);
                    }
                } catch (IOException e) {
                    // Given up, as it should be.
                }
            });
            drip.setDaemon(true);
            drip.start();
            String address = "tcp:127.0.0.1:" + other.getLocalPort();

            Outcome outcome = enable(HaproxyLab.settings(address).limit(LIMIT));

            assertEquals(Outcome.Kind.UNKNOWN, outcome.kind());
            assertTrue(outcome.detail().startsWith(address + " has not answered 'show cli level;"), outcome.detail());
        }
    }

    @Test
    void takesAConnectionThatEndsWithoutAReplyForAnUnknownOutcome() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            answer(other, "");

            Outcome outcome = enable(HaproxyLab.settings("tcp:127.0.0.1:" + other.getLocalPort()));

            assertEquals(Outcome.Kind.UNKNOWN, outcome.kind());
            assertTrue(outcome.detail().contains(" broke off before it had answered "), outcome.detail());
        }
    }

    @Test
    void saysWhatItSeesWhenAProxyDoesNotDoWhatItWasTold() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String address = "tcp:127.0.0.1:" + other.getLocalPort();
            answer(other, """
                    admin

                    1
                    # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state 8 9 10 11 12 13 14 15 16 17 18
                    3 pg 1 one 127.0.0.1 2 0 8 9 10 11 12 13 14 15 16 17 18
                    3 pg 2 two 127.0.0.1 0 0 8 9 10 11 12 13 14 15 16 17 18

                    # pxname,svname,scur,check_status,
                    pg,one,3,L7OK,
                    pg,two,0,L7STS,

                    """);

            // Where a thread of a busy machine wakes too late, it is said that nothing was seen in time.
            Outcome outcome = await().atMost(HaproxyLab.PATIENCE)
                    .until(
                            () -> enable(HaproxyLab.settings(address).limit(LIMIT)),
                            told -> !told.detail().contains("was not done with in time"));

            assertEquals(Outcome.Kind.UNKNOWN, outcome.kind());
            assertTrue(
                    outcome.detail()
                            .startsWith(address + " was told 'set server pg/two state ready;set server pg/two health"
                                    + " up;set server pg/one state maint;"),
                    outcome.detail());
            assertTrue(
                    outcome.detail()
                            .contains("', but one is ready with 3 sessions, two is ready but down by its check"
                                    + " (L7STS)"),
                    outcome.detail());
        }
    }

    /** Answers every line with the same text. */
    private static void answer(ServerSocket listening, String text) {
        Thread thread = new Thread(() -> {
            while (!listening.isClosed()) {
                try (Socket socket = listening.accept()) {
                    InputStream in = socket.getInputStream();
                    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                        // The line.
                    }
                    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // The test is over.
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void namesASocketOfALowerLevelWhenItFlipsAndBeforeItHasTo() {
        String socket = "unix:" + lab.folder().resolve("operator.sock");
        lab.say("set server pg/one state ready;set server pg/two state maint");
        try (HaproxyStrategy strategy =
                HaproxyStrategy.of(HaproxyLab.settings(socket).build())) {
            Outcome flip = strategy.enable(Requests.enable(TWO));
            Outcome resting = strategy.reconcile(Requests.active(ONE));
            Outcome prepared = strategy.prepare(Requests.enable(TWO));

            assertEquals(Outcome.Kind.REFUSED, flip.kind());
            assertTrue(flip.detail().startsWith(socket + " refuses 'set server pg/two state ready;"), flip.detail());
            assertTrue(flip.detail().endsWith("give its 'stats socket' line 'level admin'"), flip.detail());
            assertEquals(
                    Outcome.refused(
                            socket
                                    + " has level operator, so it cannot be flipped: give its 'stats socket' line 'level admin'"),
                    resting);
            assertEquals(resting, prepared);
        }
    }

    @Test
    void understandsASocketThatTellsSeverities() {
        String socket = "unix:" + lab.folder().resolve("severe.sock");

        assertTrue(enable(HaproxyLab.settings(socket)).holds());
        Outcome outcome = enable(HaproxyLab.settings(socket).backend("medical"));

        assertTrue(outcome.detail().contains("has no backend 'medical' (it has pg)"), outcome.detail());
    }

    @Test
    void namesASocketThatThisAccountMayNotOpen(@TempDir Path folder) throws Exception {
        // The socket's mode is 600. As root the client runs as another account; otherwise nobody may open it.
        String said;
        if ("root".equals(System.getProperty("user.name"))) {
            said = saidAsNobody(folder);
        } else {
            Files.setPosixFilePermissions(lab.socket(), PosixFilePermissions.fromString("---------"));
            try {
                said = assertThrows(HaproxyException.class, () -> lab.say("show info"))
                        .getMessage();
            } finally {
                Files.setPosixFilePermissions(lab.socket(), PosixFilePermissions.fromString("rw-------"));
            }
        }

        assertEquals(
                "no permission to open " + lab.unix()
                        + ": run as the socket's user or group, or give the socket another mode in 'stats socket'",
                said);
    }

    private static String saidAsNobody(Path folder) throws Exception {
        List<String> program = new ArrayList<>();
        for (Class<?> one : List.of(RuntimeApi.class, AskAsAnother.class)) {
            Path from = Path.of(
                    one.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path to = folder.resolve(from.getFileName().toString());
            program.add(to.toString());
            copy(from, to);
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(lab.folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Process process = new ProcessBuilder(
                        "setpriv",
                        "--reuid=nobody",
                        "--regid=nogroup",
                        "--clear-groups",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        String.join(":", program),
                        AskAsAnother.class.getName(),
                        lab.unix())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.strip();
    }

    /** A jar or a folder, which the checkout may hide from other accounts. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path one : all.toList()) {
                String inside = from.relativize(one).toString();
                Files.copy(one, inside.isEmpty() ? to : to.resolve(inside));
            }
        }
    }

    @Test
    void givesUpAFrozenProxyAtTheLimitAndCallsItUnknown() {
        lab.freeze();
        try {
            HaproxySettings.Builder settings = lab.settings().limit(LIMIT);
            HaproxyException timeout = assertThrows(
                    HaproxyException.class,
                    () -> new RuntimeApi(new RuntimeAddress(lab.unix()), LIMIT).send("show info"));
            Outcome outcome = enable(settings);

            assertEquals(Kind.TIMEOUT, timeout.kind());
            assertEquals(
                    lab.unix()
                            + " has not answered 'show info' in time (300 ms, or less while it is away): it may have been"
                            + " done, or be done later; is the process stopped, or its machine overloaded?",
                    timeout.getMessage());
            assertEquals(Outcome.Kind.UNKNOWN, outcome.kind());
            assertTrue(outcome.detail().contains(" in time (300 ms"), outcome.detail());
        } finally {
            lab.thaw();
        }
        assertTrue(enable(lab.settings()).holds());
    }
}
