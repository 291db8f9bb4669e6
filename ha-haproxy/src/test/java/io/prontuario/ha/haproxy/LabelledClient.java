package io.prontuario.ha.haproxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Connects through a proxy and remembers whom it got. */
final class LabelledClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final String label;

    private LabelledClient(Socket socket, String label) {
        this.socket = socket;
        this.label = label;
    }

    /** Connects and waits for the label. */
    static LabelledClient connect(int port) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new LabelledClient(socket, label(socket.getInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String label(InputStream in) {
        StringBuilder label = new StringBuilder();
        try {
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                label.append((char) next);
            }
        } catch (IOException e) {
            // Reset: the proxy has no server for it.
            return "";
        }
        return label.toString();
    }

    /** The label of the server it got; empty when the proxy had none for it. */
    String label() {
        return label;
    }

    /** Whether the connection works at this moment: one byte to the server and back. */
    boolean works() {
        try {
            socket.getOutputStream().write('x');
            return socket.getInputStream().read() == 'x';
        } catch (SocketTimeoutException e) {
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
