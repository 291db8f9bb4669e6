package io.prontuario.ha.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A second HTTP server, for people and what works for them: the pages that anybody may read, and acts for whoever has the token. Apart from
 * {@link HttpSurface}, so that nothing that is done here keeps a proxy's question waiting.
 */
public final class OperatorSurface implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int LONGEST_BODY = 4_096;
    private static final String BEARER = "Bearer ";

    private final HttpServer server;
    private final Workers threads;
    private final EventStreams streams;

    /**
     * Binds and starts.
     *
     * @param tls what it proves itself with; null: plain HTTP
     * @param token what {@code Authorization: Bearer} has to carry for acts; empty: there are none
     * @param pages what may be read without it
     * @param acts what it is needed for, by POST; may take up to {@code patience}
     * @throws UncheckedIOException when the address cannot be bound, naming it
     */
    public OperatorSurface(
            InetSocketAddress address,
            @Nullable SSLContext tls,
            String token,
            Map<String, Page> pages,
            Map<String, Page> acts,
            Duration patience,
            EventSource events) {
        Exchanges.sendAtOnce();
        try {
            server = tls == null ? HttpServer.create(address, 16) : secured(address, tls);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + address + " for operators: choose another address", e);
        }
        threads = new Workers("prontuario-operators", THREADS, patience);
        streams = new EventStreams(events);
        server.setExecutor(threads);
        Exchanges.mount(server, pages);
        server.createContext("/events", exchange -> {
            if (Exchanges.acceptable(exchange, "/events", "GET")) {
                streams.open(exchange);
            }
        });
        acts.forEach((path, act) -> server.createContext(path, exchange -> act(exchange, path, token, act)));
        server.start();
    }

    private static HttpServer secured(InetSocketAddress address, SSLContext tls) throws IOException {
        HttpsServer server = HttpsServer.create(address, 16);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        return server;
    }

    /** The port it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private static void act(HttpExchange exchange, String path, String token, Page act) throws IOException {
        if (!Exchanges.acceptable(exchange, path, "POST")) {
            return;
        }
        if (token.isEmpty()) {
            Exchanges.send(exchange, Reply.text(403, "nothing can be changed here: this node was given no token"));
        } else if (!bears(exchange, token)) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            Exchanges.send(exchange, Reply.text(401, "the token is missing or wrong: send Authorization: Bearer …"));
        } else if (exchange.getRequestBody().readNBytes(LONGEST_BODY + 1).length > LONGEST_BODY) {
            Exchanges.send(exchange, Reply.text(413, "the body is longer than " + LONGEST_BODY + " bytes"));
        } else {
            Exchanges.send(exchange, Exchanges.answer(act, exchange));
        }
    }

    /** Takes as long for a token that is nearly right as for any other. */
    private static boolean bears(HttpExchange exchange, String token) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        return header != null
                && header.startsWith(BEARER)
                && MessageDigest.isEqual(
                        header.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
        streams.close();
        threads.shutdownNow();
    }
}
