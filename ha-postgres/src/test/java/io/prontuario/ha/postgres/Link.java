package io.prontuario.ha.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A network path to a server: connections through it can be frozen, lost on one side only, or allowed a number of bytes. */
final class Link implements AutoCloseable {
    private static final long MOMENT_NANOS = 2_000_000;

    /** One connection through the link. */
    private static final class Pair {
        private final Socket near;
        private final Socket far;
        private volatile boolean frozen;

        Pair(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }
    }

    private final PostgresAddress to;
    private final ServerSocket listening;
    private final List<Pair> pairs = new ArrayList<>();
    private volatile boolean open = true;
    private final AtomicLong budget = new AtomicLong(Long.MAX_VALUE);

    Link(PostgresAddress to) {
        this.to = to;
        try {
            this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("no port for a link", e);
        }
        run(this::accept);
    }

    PostgresAddress address() {
        return new PostgresAddress("127.0.0.1", listening.getLocalPort());
    }

    /** From the server to whoever connects, over all connections, from now on. */
    void allowBytes(long bytes) {
        budget.set(bytes);
    }

    /** New connections are refused, present ones closed on both sides. */
    void cut() {
        open = false;
        all().forEach(pair -> {
            close(pair.near);
            close(pair.far);
        });
    }

    void restore() {
        open = true;
    }

    /**
     * The connecting side loses its connections and may connect again; the server is not told: to it the old connections just fall
     * silent.
     */
    void loseSilently() {
        all().forEach(pair -> {
            pair.frozen = true;
            close(pair.near);
        });
    }

    private synchronized List<Pair> all() {
        return List.copyOf(pairs);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket near = listening.accept();
                if (!open) {
                    close(near);
                    continue;
                }
                Pair pair = new Pair(near, new Socket(to.host(), to.port()));
                synchronized (this) {
                    pairs.add(pair);
                }
                run(() -> pump(pair, pair.near, pair.far, false));
                run(() -> pump(pair, pair.far, pair.near, true));
            } catch (IOException e) {
                // Closed, or the server is away at this moment.
                LockSupport.parkNanos(MOMENT_NANOS);
            }
        }
    }

    private void pump(Pair pair, Socket from, Socket into, boolean fromServer) {
        byte[] buffer = new byte[8192];
        try {
            // Not closed here: a frozen connection stays open to the server.
            InputStream in = from.getInputStream();
            OutputStream out = into.getOutputStream();
            while (true) {
                int read = in.read(
                        buffer,
                        0,
                        fromServer ? (int) Math.min(buffer.length, Math.max(1, budget.get())) : buffer.length);
                // After reading too: this may have been waiting here since before there was a budget.
                while (fromServer && budget.get() <= 0 && !into.isClosed()) {
                    LockSupport.parkNanos(MOMENT_NANOS);
                }
                if (pair.frozen) {
                    return;
                }
                if (read < 0) {
                    close(pair.near);
                    close(pair.far);
                    return;
                }
                out.write(buffer, 0, read);
                out.flush();
                if (fromServer && budget.get() != Long.MAX_VALUE) {
                    budget.addAndGet(-read);
                }
            }
        } catch (IOException e) {
            if (!pair.frozen) {
                close(pair.near);
                close(pair.far);
            }
        }
    }

    private static void run(Runnable task) {
        Thread thread = new Thread(task, "link");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
