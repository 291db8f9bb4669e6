package io.prontuario.ha.examples.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prontuario.ha.HaNode;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.measure.PlainDoor;
import io.prontuario.ha.postgres.pool.FailoverDataSource;
import io.prontuario.ha.postgres.pool.InDoubtException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * As little of an application as will do: HTTP on one side, a pool of its own on the other, and a node without a server that lets it follow
 * the primary.
 */
final class Backend implements AutoCloseable {
    static final String ENTRIES = "/entries/";
    static final String READY = "/ready";
    /** The SQLSTATE of what went wrong. */
    static final String TROUBLE = "X-Trouble";

    static final int ABSENT = 404;
    /** Not a failure that a proxy or a browser would repeat by itself. */
    static final int IN_DOUBT = 500;

    private static final int CREATED = 201;
    private static final int FOUND = 200;
    private static final int FAILED = 503;

    private final FailoverDataSource pool;
    private final HaNode node;
    private final HttpServer http;
    private final ExecutorService threads;

    /**
     * Starts it.
     *
     * @param size of its pool
     * @param users so many requests at once, each held in a thread
     */
    Backend(LocalCluster cluster, String name, int port, int size, int users) {
        this.pool = FailoverDataSource.of(cluster.pool().size(size).build());
        this.node = cluster.client(name).strategy(pool.strategy()).start();
        this.threads = Executors.newFixedThreadPool(users);
        try {
            this.http = HttpServer.create(new InetSocketAddress("127.0.0.1", port), users);
        } catch (IOException e) {
            node.close();
            pool.close();
            throw new UncheckedIOException("nobody listens on port " + port, e);
        }
        http.createContext(ENTRIES, this::entry);
        http.createContext(READY, exchange -> answer(exchange, FOUND));
        http.setExecutor(threads);
        http.start();
    }

    private void entry(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int status;
            try {
                long id = Long.parseLong(exchange.getRequestURI().getPath().substring(ENTRIES.length()));
                status = exchange.getRequestMethod().equals("POST") ? write(id, Integer.parseInt(body)) : read(id);
            } catch (SQLException e) {
                exchange.getResponseHeaders().add(TROUBLE, String.valueOf(e.getSQLState()));
                status = e instanceof InDoubtException || broken(e) ? IN_DOUBT : FAILED;
            }
            answer(exchange, status);
        }
    }

    private int write(long id, int user) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            PlainDoor.insert(connection, id, user);
            return CREATED;
        }
    }

    private int read(long id) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return Entries.read(connection, id) ? FOUND : ABSENT;
        }
    }

    /** A statement that commits by itself and is not answered is as open as a commit. */
    private static boolean broken(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return state.startsWith("08") || state.startsWith("57P");
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
        node.close();
        pool.close();
    }
}
