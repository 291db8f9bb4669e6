package io.prontuario.ha.haproxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** In a database's stead: says its label to whoever connects, then echoes. */
final class LabelledServer implements AutoCloseable {
    private final String label;
    private final ServerSocket listening;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    LabelledServer(String label, int port) {
        this.label = label;
        try {
            listening = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the end.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.getOutputStream().write((label + "\n").getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                socket.getOutputStream().write(next);
            }
        } catch (IOException e) {
            // The other side went away.
        } finally {
            open.remove(socket);
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "labelled-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** How many are connected to it, on its own side. */
    int connections() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
