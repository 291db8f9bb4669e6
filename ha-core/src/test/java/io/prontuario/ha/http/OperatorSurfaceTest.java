package io.prontuario.ha.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read, who may act, and what is refused. */
class OperatorSurfaceTest {
    private static final String TOKEN = "0123456789abcdef01234567";

    private final List<String> acts = new ArrayList<>();
    private final EventSource silent = (after, missed, listener) -> () -> {};
    private HttpClient client = HttpClient.newHttpClient();
    private @Nullable OperatorSurface surface;

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        if (surface != null) {
            surface.close();
        }
    }

    private OperatorSurface surface(@Nullable SSLContext tls, String token) {
        OperatorSurface made = new OperatorSurface(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                tls,
                token,
                Map.of(
                        "/health", request -> Reply.json(200, "{}"),
                        "/broken",
                                request -> {
                                    throw new IllegalStateException("password=hunter2");
                                }),
                Map.of("/pause", request -> {
                    acts.add(request.parameter("for").orElse("ever"));
                    return Reply.text(200, "paused");
                }),
                Duration.ofSeconds(10),
                silent);
        surface = made;
        return made;
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + surface(null, TOKEN).port() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.BodyPublisher nothing() {
        return HttpRequest.BodyPublishers.noBody();
    }

    @Test
    void whoeverHasTheTokenMayAct() throws Exception {
        HttpResponse<String> answer = send(to("/pause?for=1%20h")
                .header("Authorization", "Bearer " + TOKEN)
                .POST(nothing()));
        assertEquals(200, answer.statusCode());
        assertEquals("paused\n", answer.body());
        assertEquals(List.of("1 h"), acts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer 0123456789abcdef01234568",
                "Bearer 0123456789abcdef0123456",
                "Bearer 0123456789abcdef012345670",
                "Basic 0123456789abcdef01234567",
                "0123456789abcdef01234567"
            })
    void nobodyElseMay(String header) throws Exception {
        HttpRequest.Builder request = to("/pause").POST(nothing());
        if (!header.isEmpty()) {
            request.header("Authorization", header);
        }
        HttpResponse<String> answer = send(request);
        assertEquals(401, answer.statusCode());
        assertEquals("Bearer", answer.headers().firstValue("WWW-Authenticate").orElse(""));
        assertEquals(List.of(), acts);
    }

    /** A link or an image on a page of somebody else's is a GET. */
    @Test
    void nothingIsDoneByReading() throws Exception {
        HttpResponse<String> answer = send(to("/pause").header("Authorization", "Bearer " + TOKEN));
        assertEquals(405, answer.statusCode());
        assertEquals("POST", answer.headers().firstValue("Allow").orElse(""));
        assertEquals(List.of(), acts);
    }

    @Test
    void withoutATokenNothingCanBeDone() throws Exception {
        String address = "http://127.0.0.1:" + surface(null, "").port() + "/pause";
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(address))
                .header("Authorization", "Bearer ")
                .POST(nothing()));
        assertEquals(403, answer.statusCode());
        assertEquals(List.of(), acts);
    }

    @Test
    void aBodyThatIsTooLongIsRefused() throws Exception {
        HttpResponse<String> answer = send(to("/pause")
                .header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(5_000))));
        assertEquals(413, answer.statusCode());
        assertEquals(List.of(), acts);
    }

    @Test
    void anAddressThatIsTooLongIsRefused() throws Exception {
        assertEquals(414, send(to("/health?" + "x".repeat(3_000))).statusCode());
    }

    @Test
    void onlyWhatIsThereIsAnswered() throws Exception {
        assertEquals(404, send(to("/healthy")).statusCode());
        assertEquals(404, send(to("/health/../pause")).statusCode());
        assertEquals(405, send(to("/health").POST(nothing())).statusCode());
        assertEquals(405, send(to("/events").POST(nothing())).statusCode());
    }

    /** What failed is for the log; a page may be read by anybody. */
    @Test
    void aPageThatFailsTellsNothingOfWhy() throws Exception {
        HttpResponse<String> answer = send(to("/broken"));
        assertEquals(500, answer.statusCode());
        assertTrue(!answer.body().contains("hunter2"), answer.body());
    }

    @Test
    void speaksTls() throws Exception {
        KeyStore keys = keys();
        SSLContext tls = SSLContext.getInstance("TLS");
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "changeit".toCharArray());
        TrustManagerFactory others = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        others.init(keys);
        tls.init(own.getKeyManagers(), others.getTrustManagers(), null);
        client = HttpClient.newBuilder().sslContext(tls).build();

        int port = surface(tls, TOKEN).port();
        URI address = URI.create("https://localhost:" + port + "/pause");
        HttpResponse<String> answer = send(HttpRequest.newBuilder(address)
                .header("Authorization", "Bearer " + TOKEN)
                .POST(nothing()));
        assertEquals(200, answer.statusCode());
        assertEquals(List.of("ever"), acts);
    }

    private KeyStore keys() throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "lab",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertEquals(0, keytool.waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream input = Files.newInputStream(file)) {
            keys.load(input, "changeit".toCharArray());
        }
        return keys;
    }
}
