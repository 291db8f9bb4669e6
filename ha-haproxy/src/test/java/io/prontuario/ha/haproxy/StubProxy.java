package io.prontuario.ha.haproxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** As much of a runtime API as a flip asks for, where many proxies are needed: two servers, {@code one} and {@code two}, one of them ready. */
final class StubProxy implements AutoCloseable {
    private final String backend;
    private final ServerSocket listening;
    private volatile String route = "one";
    private volatile long flippedNanos;

    /**
     * Listens.
     *
     * @param answers whether it does; otherwise it takes what is sent, and is silent
     */
    StubProxy(String backend, boolean answers) {
        this.backend = backend;
        try {
            listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (answers) {
            Thread thread = new Thread(this::serve, "stub-proxy");
            thread.setDaemon(true);
            thread.start();
        }
    }

    String address() {
        return "tcp:127.0.0.1:" + listening.getLocalPort();
    }

    String route() {
        return route;
    }

    /** When it was told to route to the other server. */
    long flippedNanos() {
        return flippedNanos;
    }

    private void serve() {
        while (!listening.isClosed()) {
            try (Socket socket = listening.accept()) {
                String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                        .readLine();
                if (line != null && line.contains("/two state ready")) {
                    route = "two";
                    flippedNanos = System.nanoTime();
                }
                socket.getOutputStream().write(answer(backend, route).getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // Closed, or its client has given up.
            }
        }
    }

    /** What one says whose ready server is this one (HAProxy 2.6). */
    static String answer(String backend, String ready) {
        return """
                admin

                1
                # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state 8 9 10 11 12 13 14 15 16 17 18
                3 %1$s 1 one 127.0.0.1 %2$d %3$d 8 9 10 11 12 13 14 15 16 17 18
                3 %1$s 2 two 127.0.0.1 %4$d %5$d 8 9 10 11 12 13 14 15 16 17 18

                # pxname,svname,scur,check_status,
                %1$s,one,0,L7OK,
                %1$s,two,0,L7OK,

                """.formatted(
                        backend,
                        ready.equals("one") ? 2 : 0,
                        ready.equals("one") ? 0 : 1,
                        ready.equals("two") ? 2 : 0,
                        ready.equals("two") ? 0 : 1);
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
