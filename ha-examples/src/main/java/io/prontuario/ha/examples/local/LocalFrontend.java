package io.prontuario.ha.examples.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real HAProxy in front of an application, in a process of its own. */
public final class LocalFrontend implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(10);

    private final ManagedProcess process;

    private LocalFrontend(ManagedProcess process) {
        this.process = process;
    }

    /** Starts it with this configuration and waits until it accepts connections on the port. */
    public static LocalFrontend start(Path folder, String configuration, int port) {
        Path file = folder.resolve("frontend.cfg");
        try {
            Files.writeString(file, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        Path log = folder.resolve("frontend.log");
        LocalFrontend frontend = new LocalFrontend(ManagedProcess.start(
                "frontend",
                List.of(LocalProxy.binary().toString(), "-db", "-f", file.toString()),
                folder,
                log,
                line -> {}));
        try {
            Waiting.until(
                    START, "HAProxy accepts connections on port " + port + " (see " + log + ")", () -> accepts(port));
        } catch (RuntimeException e) {
            frontend.close();
            throw e;
        }
        return frontend;
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.stop(Duration.ofSeconds(2));
    }
}
