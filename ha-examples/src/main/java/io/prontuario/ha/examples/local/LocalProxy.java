package io.prontuario.ha.examples.local;

import io.prontuario.ha.haproxy.HaproxyConfiguration;
import io.prontuario.ha.haproxy.RuntimeAddress;
import io.prontuario.ha.haproxy.RuntimeApi;
import io.prontuario.ha.testing.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real HAProxy in front of the servers, in a process of its own. */
public final class LocalProxy implements AutoCloseable {
    public static final String BACKEND = "medical";
    private static final Duration START = Duration.ofSeconds(10);

    private final Place place;
    private final Path folder;
    private final int port;
    private final String runtimeAddress;
    private ManagedProcess process;

    private LocalProxy(Place place, Path folder, int port, String runtimeAddress) {
        this.place = place;
        this.folder = folder;
        this.port = port;
        this.runtimeAddress = runtimeAddress;
        this.process = launch(List.of());
    }

    /** Starts it on loopback and waits until its runtime API answers; it routes nowhere until somebody says where to. */
    public static LocalProxy start(Path folder, int port, List<HaproxyConfiguration.Server> servers) {
        return startAt(Place.loopback(), 0, folder, port, servers);
    }

    /**
     * The same at another place.
     *
     * @param runtimePort where its runtime API listens there, for everybody who reaches it; 0 for a unix socket alone, which no cut
     *     between hosts would stop
     */
    static LocalProxy startAt(
            Place place, int runtimePort, Path folder, int port, List<HaproxyConfiguration.Server> servers) {
        // A unix socket's path is short: 108 bytes on Linux, 104 on macOS.
        HaproxyConfiguration definition = new HaproxyConfiguration(
                place.address() + ":" + port, folder.resolve("proxy.sock"), runtimePort, BACKEND, servers);
        String text = definition
                .render()
                // Its own text keeps the API on loopback, behind TLS for those from elsewhere.
                .replace("ipv4@127.0.0.1:" + runtimePort, "ipv4@" + place.address() + ":" + runtimePort);
        String runtime =
                runtimePort == 0 ? "unix:" + definition.socket() : "tcp:" + place.address() + ":" + runtimePort;
        return written(place, folder, port, runtime, text);
    }

    /** The same on loopback with another configuration. */
    public static LocalProxy startWith(Path folder, HaproxyConfiguration definition) {
        String listen = definition.listen();
        int port = Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
        return written(Place.loopback(), folder, port, "unix:" + definition.socket(), definition.render());
    }

    private static LocalProxy written(Place place, Path folder, int port, String runtime, String text) {
        Path configuration = configuration(folder);
        try {
            Files.writeString(configuration, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + configuration, e);
        }
        LocalProxy proxy = new LocalProxy(place, folder, port, runtime);
        try {
            proxy.awaitAnswer();
        } catch (RuntimeException e) {
            proxy.close();
            throw e;
        }
        return proxy;
    }

    private static Path configuration(Path folder) {
        return folder.resolve("haproxy.cfg");
    }

    private ManagedProcess launch(List<String> more) {
        List<String> words = new ArrayList<>(
                List.of(binary().toString(), "-db", "-f", configuration(folder).toString()));
        words.addAll(more);
        return ManagedProcess.start("haproxy", place.launch(words), folder, folder.resolve("haproxy.log"), line -> {});
    }

    private void awaitAnswer() {
        Waiting.until(
                START,
                "HAProxy answers on " + runtimeAddress + " (see " + folder.resolve("haproxy.log") + ")",
                () -> api().send("show info").contains("Version"));
    }

    /** SIGKILL; every connection through it breaks. */
    public void kill() {
        process.kill();
    }

    /** Starts it again when it does not run. Nobody waits for it. */
    public void startAgain() {
        if (!process.alive()) {
            process = launch(List.of());
        }
    }

    /** What {@code systemctl reload haproxy} does: a new process takes over the listeners, the old one keeps its connections until they end. */
    public void reload() {
        process = launch(List.of("-sf", Long.toString(process.pid())));
    }

    /** Whether its newest process runs. */
    public boolean alive() {
        return process.alive();
    }

    static Path binary() {
        return Programs.find("haproxy")
                .orElseThrow(() -> new IllegalStateException(
                        "no haproxy on the PATH: install it (apt-get install haproxy, or brew install haproxy)"));
    }

    /** Where clients connect. */
    public int port() {
        return port;
    }

    /** Where clients connect. */
    public String address() {
        return place.address();
    }

    /** The runtime API, as the nodes' configuration has it. */
    public String runtimeAddress() {
        return runtimeAddress;
    }

    public RuntimeApi api() {
        return new RuntimeApi(new RuntimeAddress(runtimeAddress), Duration.ofSeconds(2));
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.stop(Duration.ofSeconds(2));
    }
}
