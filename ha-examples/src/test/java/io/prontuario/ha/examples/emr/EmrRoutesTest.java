package io.prontuario.ha.examples.emr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.FunctionalityLevel;
import io.prontuario.ha.WebPage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmrRoutesTest {
    private static final String TOKEN = "a-token-that-nobody-guesses";
    private static final UUID ANA = new UUID(1, 1);
    private static final UUID NOTE = new UUID(2, 1);
    private static final String ANA_IN = "{\"name\": \"Ana Souza\", \"born\": \"1980-02-29\"}";

    @TempDir
    private Path folder;

    private final ChartsInMemory charts = new ChartsInMemory();
    private FunctionalityLevel level;
    private EmrRoutes routes;

    @BeforeEach
    void openTheRecord() {
        level = FunctionalityLevel.keptIn(folder.resolve("level"), EmrFeature.ALL);
        routes = routesWith(PatientCache.none());
        routes.open();
    }

    @AfterEach
    void closeTheLevel() {
        level.close();
    }

    private EmrRoutes routesWith(PatientCache cache) {
        return new EmrRoutes(
                charts,
                cache,
                level,
                (path, query) ->
                        path.equals("/health") ? Optional.of(new WebPage(200, "text/plain", "ok")) : Optional.empty(),
                TOKEN);
    }

    private Answer put(String path, String body) {
        return call("PUT", path, "", body, "");
    }

    private Answer get(String path, String query) {
        return call("GET", path, query, "", "");
    }

    private Answer call(String method, String path, String query, String body, String bearer) {
        List<String> segments =
                Arrays.stream(path.split("/")).filter(one -> !one.isEmpty()).toList();
        return routes.to(new Call(method, segments, query, body, bearer));
    }

    private Answer write(EntryKind kind, UUID id, String text) {
        return put("/patients/" + ANA + "/" + kind.path() + "/" + id, "{\"text\": \"" + text + "\"}");
    }

    @Test
    void aChartIsReadAsItWasWritten() {
        assertEquals(201, put("/patients/" + ANA, ANA_IN).status());
        assertEquals(201, write(EntryKind.NOTE, NOTE, "seen").status());

        assertTrue(get("/patients/" + ANA, "").body().contains("1980-02-29"));
        assertTrue(get("/patients", "name=ana%20s").body().contains("Ana Souza"));
        assertTrue(get("/patients/" + ANA + "/chart", "").body().contains("seen"));
    }

    @Test
    void whatIsSentAgainIsWrittenOnceAndSomethingElseUnderItsIdIsRefused() {
        put("/patients/" + ANA, ANA_IN);
        write(EntryKind.NOTE, NOTE, "seen");

        assertEquals(200, put("/patients/" + ANA, ANA_IN).status());
        assertEquals(200, write(EntryKind.NOTE, NOTE, "seen").status());
        assertEquals(409, write(EntryKind.NOTE, NOTE, "not seen").status());
    }

    @Test
    void at25ChartsAreReadAndEmergenciesWrittenAndTheRestWaits() {
        put("/patients/" + ANA, ANA_IN);
        level.set(25, "the building is without power");

        assertEquals(200, get("/patients/" + ANA + "/chart", "").status());
        assertEquals(201, write(EntryKind.EMERGENCY_NOTE, NOTE, "resuscitated").status());
        for (EntryKind kind : List.of(EntryKind.NOTE, EntryKind.ORDER, EntryKind.INVOICE)) {
            Answer closed = write(kind, UUID.randomUUID(), "later");
            assertEquals(503, closed.status(), kind.path());
            assertTrue(closed.body().contains("the building is without power"), closed.body());
        }
        assertFalse(get("/patients/" + ANA + "/chart", "").body().contains("later"));
    }

    @Test
    void theLevelIsChangedWithTheTokenAlone() {
        String emergency = "{\"value\": 25, \"reason\": \"drill\"}";
        for (String wrong : List.of("", "a-token-that-nobody-guesse", TOKEN + "s")) {
            assertEquals(401, call("PUT", "/level", "", emergency, wrong).status());
        }
        assertEquals(100, level.value());

        assertEquals(200, call("PUT", "/level", "", emergency, TOKEN).status());
        assertEquals(25, level.value());
        assertEquals(
                400,
                call("PUT", "/level", "", "{\"value\": 101, \"reason\": \"x\"}", TOKEN)
                        .status());
    }

    @Test
    void whatIsNotUnderstoodIsRefusedAndNotWritten() {
        put("/patients/" + ANA, ANA_IN);
        String note = "/patients/" + ANA + "/notes/" + NOTE;
        for (String body : List.of(
                "",
                "[]",
                "{",
                "{\"text\": \"\"}",
                "{\"text\": []}",
                "{\"txt\": \"a\"}",
                "{\"text\": \"a\\u0000b\"}",
                "{\"text\": \"" + "a".repeat(20_001) + "\"}")) {
            assertEquals(400, put(note, body).status(), body);
        }
        assertEquals(400, put("/patients/1", ANA_IN).status());
        assertEquals(
                400,
                put("/patients/" + ANA, "{\"name\": \"A\", \"born\": \"1981-02-29\"}")
                        .status());
        assertEquals(400, get("/patients", "").status());
        assertEquals(
                404,
                put("/patients/" + new UUID(9, 9) + "/notes/" + NOTE, "{\"text\": \"a\"}")
                        .status());
        assertEquals(404, get("/nothing", "").status());
        assertEquals("[]", get("/patients/" + ANA + "/chart", "").body());
    }

    @Test
    void aDatabaseThatIsAwayIsToldWithoutItsInsides() {
        charts.trouble = new SQLException("FATAL: secret insides", "57P01");

        Answer answer = get("/patients/" + ANA + "/chart", "");
        assertEquals(503, answer.status());
        assertFalse(answer.body().contains("insides"), answer.body());
        assertEquals(200, get("/up", "").status(), "who waits for the database is still up");
    }

    @Test
    void aPatientIsTakenFromTheCacheWhenItHasHim() {
        Map<UUID, Patient> remembered = new HashMap<>();
        routes = routesWith(new PatientCache() {
            @Override
            public Optional<Patient> get(UUID id) {
                return Optional.ofNullable(remembered.get(id));
            }

            @Override
            public void put(Patient patient) {
                remembered.put(patient.id(), patient);
            }
        });
        put("/patients/" + ANA, ANA_IN);
        Answer first = get("/patients/" + ANA, "");
        int readings = charts.readings;

        assertEquals(first, get("/patients/" + ANA, ""));
        assertEquals(readings, charts.readings);
    }

    @Test
    void overHttpTheSameAndWhatIsTooLargeOrNoHttpIsRefused() throws Exception {
        try (EmrServer server = new EmrServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), routes)) {
            URI base = URI.create("http://127.0.0.1:" + server.port());
            assertEquals(201, sent(base, "/patients/" + ANA, ANA_IN));
            assertEquals(413, sent(base, "/patients/" + ANA + "/notes/" + NOTE, "x".repeat(70_000)));
            for (String garbage :
                    List.of("GET\r\n\r\n", "\0\0\0\0\r\n\r\n", "PUT /level HTTP/1.1\r\nContent-Length: -7\r\n\r\n")) {
                assertFalse(raw(server.port(), garbage).contains(" 200 "), garbage);
            }
            HttpResponse<String> health = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(base.resolve("/health")).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals("ok", health.body());
            assertEquals(
                    "no-store", health.headers().firstValue("Cache-Control").orElse(""));
        }
    }

    private static int sent(URI base, String path, String body) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(base.resolve(path))
                                .PUT(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static String raw(int port, String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
