package io.prontuario.ha.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What begins a request and does not end it is shown the door, so that others are answered. */
class WorkersTest {
    private static final int THREADS = 2;

    private final Workers threads = new Workers("lab-http", THREADS, Duration.ofMillis(300));
    private final List<Socket> open = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }

    @Test
    void halfARequestOnEachThreadKeepsNobodyOutForEver() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(threads);
        server.createContext("/", exchange -> Exchanges.send(exchange, Reply.yes(true)));
        server.start();
        int port = server.getAddress().getPort();
        try {
            for (int i = 0; i < THREADS; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                open.add(socket);
                socket.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
            }
            soon(() -> threads.getActiveCount() == THREADS);
            soon(() -> answers(port));
            assertEquals(-1, open.get(0).getInputStream().read(), "it was closed");
        } finally {
            server.stop(0);
        }
    }

    private static boolean answers(int port) {
        try {
            HttpURLConnection question = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + "/").toURL().openConnection();
            question.setReadTimeout(1000);
            return question.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static void soon(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }
}
