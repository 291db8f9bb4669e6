package io.prontuario.ha.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * A small HTTP server: {@code /primary} for proxies, {@code /active}, {@code /opened}, {@code /word} and {@code /sightings} for the other nodes,
 * {@code /status}, {@code /events} and the pages it is given for people and what works for them. Changes nothing, so it asks for no token; bind
 * it to an address that only the cluster and its proxies reach.
 */
public final class HttpSurface implements AutoCloseable {
    private static final int THREADS = 32;
    private static final long LONGEST_WAIT_MILLIS = 5_000;
    /** For one request to be read and answered; nobody waits on a thread for longer. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** Where the answers come from. Called on the server's threads; must not block. */
    public interface Source {
        /** Whether this node's server is the primary that clients may use, now. */
        boolean servesAsPrimary();

        /** Waits until this node's copy is the active primary of the epoch or a later one; answers whether it is. */
        CompletionStage<Boolean> active(long epoch, Duration limit);

        /** Waits until this node's server has been opened in the epoch or a later one; answers whether it has. */
        CompletionStage<Boolean> opened(long epoch, Duration limit);

        /**
         * Waits until this node's server is in another condition than {@code seen}, or the limit has passed; answers its condition and
         * copy. Whoever coordinates keeps asking, so that it hears of a death without a detour.
         */
        CompletionStage<String> otherWord(String seen, Duration limit);

        /** What this node sees of the primary's host, as JSON. */
        String sightings();

        /** What this node knows, as JSON. */
        String status();
    }

    /** The header that carries the answer of {@code /word}. */
    public static final String WORD = "Prontuario-Word";

    private final HttpServer server;
    private final ExecutorService threads;
    private final EventStreams streams;

    /**
     * Binds and starts.
     *
     * @param pages what else is answered, by its path
     * @throws UncheckedIOException when the address cannot be bound, naming it
     */
    public HttpSurface(InetSocketAddress address, Source source, Map<String, Page> pages, EventSource events) {
        Exchanges.sendAtOnce();
        try {
            server = HttpServer.create(address, 64);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + address + " for HTTP: choose another http.listen", e);
        }
        threads = new Workers("prontuario-http", THREADS, LIMIT);
        streams = new EventStreams(events);
        server.setExecutor(threads);
        server.createContext("/primary", exchange -> code(exchange, source.servesAsPrimary()));
        server.createContext("/active", exchange -> reached(exchange, source::active));
        server.createContext("/opened", exchange -> reached(exchange, source::opened));
        server.createContext("/word", exchange -> word(exchange, source));
        server.createContext("/sightings", exchange -> text(exchange, source::sightings));
        server.createContext("/status", exchange -> text(exchange, source::status));
        server.createContext("/events", streams::open);
        Exchanges.mount(server, pages);
        server.start();
    }

    /** The port it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** How far this node's server has come in an epoch. */
    private interface Progress {
        CompletionStage<Boolean> in(long epoch, Duration limit);
    }

    /** Answered by whichever thread brings it so far; none waits here meanwhile. */
    private static void reached(HttpExchange exchange, Progress progress) {
        progress.in(parameter(exchange, "epoch", 0), patience(exchange))
                .thenAccept(so -> late(exchange, () -> code(exchange, so)));
    }

    /** Answered by whichever thread learns of the change. */
    private static void word(HttpExchange exchange, Source source) {
        source.otherWord(value(exchange, "seen"), patience(exchange))
                .thenAccept(word -> late(exchange, () -> {
                    exchange.getResponseHeaders().set(WORD, word);
                    code(exchange, true);
                }));
    }

    /** Who asked may have gone meanwhile; then there is nobody to tell. */
    private static void late(HttpExchange exchange, Reply reply) {
        try {
            reply.send();
        } catch (IOException e) {
            exchange.close();
        }
    }

    private static Duration patience(HttpExchange exchange) {
        return Duration.ofMillis(Math.min(parameter(exchange, "wait", 0), LONGEST_WAIT_MILLIS));
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
        streams.close();
        threads.shutdownNow();
    }

    private interface Reply {
        void send() throws IOException;
    }
}
