package io.prontuario.ha.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pages on the JDK's server. */
final class Exchanges {
    private static final Logger LOG = LoggerFactory.getLogger(Exchanges.class);
    private static final int LONGEST_ADDRESS = 2_000;

    /** Of every answer: a browser runs and shows what this server sends as a file of its own, and nothing else. */
    static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String NO_DELAY = "sun.net.httpserver.nodelay";

    private Exchanges() {}

    /**
     * To be called before a server is made. The JDK's sends head and body of an answer in two packets, and the second would wait for the
     * acknowledgement of the first, which the other side holds back for 40 ms. It has no other way to be told, and reads this once.
     */
    static void sendAtOnce() {
        if (System.getProperty(NO_DELAY) == null) {
            System.setProperty(NO_DELAY, "true");
        }
    }

    /** Each page at its path and nothing below it, for those who only look. */
    static void mount(HttpServer server, Map<String, Page> pages) {
        pages.forEach((path, page) -> server.createContext(path, exchange -> {
            if (acceptable(exchange, path, "GET", "HEAD")) {
                send(exchange, answer(page, exchange));
            }
        }));
    }

    /** Refuses what is no question to this path. */
    static boolean acceptable(HttpExchange exchange, String path, String... methods) throws IOException {
        String asked = exchange.getRequestURI().getPath();
        if (exchange.getRequestURI().toString().length() > LONGEST_ADDRESS) {
            send(exchange, Reply.text(414, "the address is longer than " + LONGEST_ADDRESS + " characters"));
        } else if (!path.equals(asked)) {
            send(exchange, Reply.text(404, "there is nothing at this path"));
        } else if (!java.util.List.of(methods).contains(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", String.join(", ", methods));
            send(exchange, Reply.text(405, path + " answers " + String.join(" and ", methods)));
        } else {
            return true;
        }
        return false;
    }

    static Reply answer(Page page, HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        try {
            return page.answer(new Request(
                    exchange.getRequestURI().getPath(),
                    query == null ? "" : query,
                    exchange.getRemoteAddress().getAddress().getHostAddress()));
        } catch (RuntimeException e) {
            LOG.warn("a page failed: {}", exchange.getRequestURI().getPath(), e);
            return Reply.text(500, "this page failed; the log of the node says why");
        }
    }

    static void send(HttpExchange exchange, Reply reply) throws IOException {
        try (exchange) {
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            if (!reply.type().isEmpty()) {
                exchange.getResponseHeaders().set("Content-Type", reply.type());
            }
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
            boolean bodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(reply.status(), bodiless ? -1 : body.length);
            if (!bodiless) {
                exchange.getResponseBody().write(body);
            }
        }
    }
}
