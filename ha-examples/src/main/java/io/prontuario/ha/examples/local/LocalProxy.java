package io.prontuario.ha.examples.local;

import io.prontuario.ha.haproxy.HaproxyConfiguration;
import io.prontuario.ha.haproxy.RuntimeAddress;
import io.prontuario.ha.haproxy.RuntimeApi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A real HAProxy in front of the servers, in a process of its own. */
public final class LocalProxy implements AutoCloseable {
    public static final String BACKEND = "medical";
    private static final Duration START = Duration.ofSeconds(10);

    private final ManagedProcess process;
    private final Path socket;
    private final int port;

    private LocalProxy(ManagedProcess process, Path socket, int port) {
        this.process = process;
        this.socket = socket;
        this.port = port;
    }

    /** Starts it and waits until its runtime API answers; it routes nowhere until somebody says where to. */
    public static LocalProxy start(Path folder, int port, List<HaproxyConfiguration.Server> servers) {
        // A unix socket's path is short: 108 bytes on Linux, 104 on macOS.
        return startWith(
                folder,
                new HaproxyConfiguration("127.0.0.1:" + port, folder.resolve("proxy.sock"), 0, BACKEND, servers));
    }

    /** The same with another configuration. */
    public static LocalProxy startWith(Path folder, HaproxyConfiguration definition) {
        Path socket = definition.socket();
        int port = Integer.parseInt(
                definition.listen().substring(definition.listen().lastIndexOf(':') + 1));
        Path configuration = folder.resolve("haproxy.cfg");
        try {
            Files.writeString(configuration, definition.render());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + configuration, e);
        }
        Path log = folder.resolve("haproxy.log");
        ManagedProcess process = ManagedProcess.start(
                "haproxy",
                List.of(binary().toString(), "-db", "-f", configuration.toString()),
                folder,
                log,
                line -> {});
        LocalProxy proxy = new LocalProxy(process, socket, port);
        try {
            Waiting.until(
                    START,
                    "HAProxy answers on " + socket + " (see " + log + ")",
                    () -> Files.exists(socket) && proxy.api().send("show info").contains("Version"));
        } catch (RuntimeException e) {
            proxy.close();
            throw e;
        }
        return proxy;
    }

    static Path binary() {
        return Stream.concat(
                        Stream.of(String.valueOf(System.getenv("PATH")).split(":")),
                        Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin"))
                .map(place -> Path.of(place, "haproxy"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no haproxy on the PATH: install it (apt-get install haproxy, or brew install haproxy)"));
    }

    /** Where clients connect. */
    public int port() {
        return port;
    }

    /** The runtime API, as the nodes' configuration has it. */
    public String runtimeAddress() {
        return "unix:" + socket;
    }

    public RuntimeApi api() {
        return new RuntimeApi(new RuntimeAddress(runtimeAddress()), Duration.ofSeconds(2));
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.stop(Duration.ofSeconds(2));
    }
}
