package io.prontuario.ha.haproxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** In an agent's stead: answers {@code /primary}, or does not. */
final class PrimaryResponder implements AutoCloseable {
    /** What it answers. */
    enum Mode {
        OK,
        UNAVAILABLE,
        NONSENSE,
        /** The connection is taken, as a stopped process's kernel would, and nothing comes. */
        SILENT
    }

    private final ServerSocket listening;
    private volatile Mode mode = Mode.OK;
    private volatile Duration delayOfNext = Duration.ZERO;

    PrimaryResponder(int port) {
        try {
            listening = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** In a process of its own, which can be stopped like a host that freezes: port. Ends when its input does. */
    public static void main(String[] words) throws IOException {
        try (PrimaryResponder responder = new PrimaryResponder(Integer.parseInt(words[0]))) {
            System.out.println("ready on " + responder.listening.getLocalPort());
            while (System.in.read() >= 0) {
                // Until the test that started it is gone.
            }
        }
    }

    void answer(Mode wanted) {
        mode = wanted;
    }

    /** The next answer alone comes late. */
    void delayNext(Duration delay) {
        delayOfNext = delay;
    }

    /** Whether the late answer has been given. */
    boolean wasLate() {
        return delayOfNext.isZero();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the end.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            byte[] request = new byte[1024];
            int read = in.read(request);
            if (read <= 0 || !new String(request, 0, read, StandardCharsets.UTF_8).startsWith("GET /primary ")) {
                return;
            }
            Duration delay = delayOfNext;
            LockSupport.parkNanos(delay.toNanos());
            switch (mode) {
                case OK -> say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                case UNAVAILABLE -> say(socket, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
                case NONSENSE -> say(socket, "220 mail ready\r\n\r\n");
                case SILENT -> {
                    while (in.read() >= 0) {
                        // Until the proxy gives up.
                    }
                }
            }
            if (!delay.isZero()) {
                delayOfNext = Duration.ZERO;
            }
        } catch (IOException e) {
            // The proxy gave up.
            delayOfNext = Duration.ZERO;
        }
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "primary-responder");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
