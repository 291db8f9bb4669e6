package io.prontuario.ha.examples.emr;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The routes over HTTP, by the JDK's own server. It is for a proxy in front: that one keeps slow senders away ({@code timeout http-request})
 * and speaks TLS.
 */
final class EmrServer implements AutoCloseable {
    /** More than the pool has connections: who waits for a new primary must not keep out who only asks whether the service is up. */
    private static final int THREADS = 64;

    private static final int QUEUE = 256;
    private static final int LARGEST_BODY = 64 * 1024;
    private static final String BEARER = "Bearer ";

    private final HttpServer server;
    private final ThreadPoolExecutor threads;

    /**
     * Binds and starts.
     *
     * @throws UncheckedIOException when the address cannot be bound, naming it
     */
    EmrServer(InetSocketAddress address, EmrRoutes routes) {
        try {
            server = HttpServer.create(address, QUEUE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + address + " for the medical record", e);
        }
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, "emr-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, routes));
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, EmrRoutes routes) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
            Answer answer = body.length > LARGEST_BODY
                    ? Answer.refused(413, "the body has more than " + LARGEST_BODY + " bytes")
                    : routes.to(call(exchange, new String(body, StandardCharsets.UTF_8)));
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            if (!answer.type().isEmpty()) {
                exchange.getResponseHeaders().set("Content-Type", answer.type());
            }
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private static Call call(HttpExchange exchange, String body) {
        String raw = exchange.getRequestURI().getRawPath();
        List<String> path = Arrays.stream((raw == null ? "" : raw).split("/", -1))
                .filter(segment -> !segment.isEmpty())
                .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        String query = exchange.getRequestURI().getRawQuery();
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        return new Call(
                exchange.getRequestMethod(),
                path,
                query == null ? "" : query,
                body,
                authorization != null && authorization.startsWith(BEARER)
                        ? authorization.substring(BEARER.length())
                        : "");
    }

    /** Lets what is being answered be answered for up to two seconds. */
    @Override
    public void close() {
        server.stop(2);
        threads.shutdownNow();
    }
}
