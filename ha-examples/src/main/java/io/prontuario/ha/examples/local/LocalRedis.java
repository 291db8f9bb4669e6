package io.prontuario.ha.examples.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A real Redis on loopback, at rest until somebody opens it for writes, as {@code RedisStrategy} wants it. */
public final class LocalRedis implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(2);

    private final ManagedProcess process;

    private LocalRedis(ManagedProcess process) {
        this.process = process;
    }

    /** Whether there is a {@code redis-server} on this machine. */
    public static boolean possible() {
        return Programs.find("redis-server").isPresent();
    }

    /** Starts it and does not wait for it: whoever uses a cache does without it until it is there. */
    public static LocalRedis start(String name, Path folder, int port) {
        Optional<Path> binary = Programs.find("redis-server");
        Path home = folder.resolve(name);
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + home, e);
        }
        return new LocalRedis(ManagedProcess.start(
                name,
                List.of(
                        binary.orElseThrow(() -> new IllegalStateException("no redis-server on the PATH"))
                                .toString(),
                        "--port",
                        String.valueOf(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        home.toString(),
                        "--repl-diskless-sync-delay",
                        "0",
                        "--min-replicas-to-write",
                        "1000"),
                home,
                home.resolve("redis.log"),
                line -> {}));
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.stop(STOP);
    }
}
