package io.prontuario.ha.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A small HTTP server: {@code /primary} for proxies, {@code /opened} and {@code /sightings} for the other nodes, {@code /status} for
 * people. Changes nothing, so it asks for no token; bind it to an address that only the cluster and its proxies reach.
 */
public final class HttpSurface implements AutoCloseable {
    private static final int THREADS = 32;
    private static final long LONGEST_WAIT_MILLIS = 5_000;

    /** Where the answers come from. Called on the server's threads; must not block, except {@link #awaitOpened}. */
    public interface Source {
        /** Whether this node's server is the primary that clients may use, now. */
        boolean servesAsPrimary();

        /** Waits until this node's server has been opened in the epoch or a later one; answers whether it has. */
        boolean awaitOpened(long epoch, Duration limit);

        /**
         * Waits until this node's server is in another condition than {@code seen}, or the limit has passed; answers its condition and
         * copy as JSON. Whoever coordinates keeps asking, so that it hears of a death without a detour.
         */
        String awaitOtherCondition(String seen, Duration limit);

        /** What this node sees of the primary's host, as JSON. */
        String sightings();

        /** What this node knows, as JSON. */
        String status();
    }

    private final HttpServer server;
    private final ExecutorService threads;

    /**
     * Binds and starts.
     *
     * @throws UncheckedIOException when the address cannot be bound, naming it
     */
    public HttpSurface(InetSocketAddress address, Source source) {
        try {
            server = HttpServer.create(address, 64);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + address + " for HTTP: choose another http.listen", e);
        }
        threads = new ThreadPoolExecutor(2, THREADS, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "prontuario-http");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/primary", exchange -> code(exchange, source.servesAsPrimary()));
        server.createContext("/opened", exchange -> code(exchange, opened(exchange, source)));
        server.createContext("/condition", exchange -> text(exchange, () -> condition(exchange, source)));
        server.createContext("/sightings", exchange -> text(exchange, source::sightings));
        server.createContext("/status", exchange -> text(exchange, source::status));
        server.start();
    }

    /** The port it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private static boolean opened(HttpExchange exchange, Source source) {
        long epoch = parameter(exchange, "epoch", 0);
        long wait = Math.min(parameter(exchange, "wait", 0), LONGEST_WAIT_MILLIS);
        return source.awaitOpened(epoch, Duration.ofMillis(wait));
    }

    private static String condition(HttpExchange exchange, Source source) {
        long wait = Math.min(parameter(exchange, "wait", 0), LONGEST_WAIT_MILLIS);
        return source.awaitOtherCondition(value(exchange, "seen"), Duration.ofMillis(wait));
    }

    private static String value(HttpExchange exchange, String name) {
        String query = exchange.getRequestURI().getQuery();
        if (query != null) {
            for (String pair : query.split("&")) {
                if (pair.startsWith(name + "=")) {
                    return pair.substring(name.length() + 1);
                }
            }
        }
        return "";
    }

    private static long parameter(HttpExchange exchange, String name, long otherwise) {
        String value = value(exchange, name);
        return value.matches("\\d{1,18}") ? Long.parseLong(value) : otherwise;
    }

    /** A status without a body: one packet, so that no delayed acknowledgement can slow the answer down. */
    private static void code(HttpExchange exchange, boolean yes) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(yes ? 200 : 503, -1);
        }
    }

    private static void text(HttpExchange exchange, Supplier<String> source) throws IOException {
        try (exchange) {
            byte[] body = source.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
