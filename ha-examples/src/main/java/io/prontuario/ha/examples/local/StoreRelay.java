package io.prontuario.ha.examples.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The way of one node to the ZooKeeper servers and nothing else, in a process of its own: stopped, the node is cut off from the store as by a
 * cable that was pulled. Nothing is closed, new connections get no answer; its server, its peers and its proxies are reached as before.
 */
final class StoreRelay implements AutoCloseable {
    private final ManagedProcess process;
    private final String connectString;

    private StoreRelay(ManagedProcess process, String connectString) {
        this.process = process;
        this.connectString = connectString;
    }

    /**
     * Starts it. Whoever connects before it listens tries again, as ZooKeeper's client does.
     *
     * @param home of the node, for its configuration and log
     * @param servers where the ZooKeeper servers listen, as a connect string
     * @param ports free ones, as many as there are servers
     */
    static StoreRelay start(String node, Path home, String servers, int[] ports) {
        StringBuilder text = new StringBuilder("""
                defaults
                    mode tcp
                    retries 0
                    timeout connect 1s
                    timeout client 1h
                    timeout server 1h
                """);
        List<String> ends = new ArrayList<>();
        int at = 0;
        for (String server : servers.split(",", -1)) {
            String end = "127.0.0.1:" + ports[at];
            ends.add(end);
            at++;
            text.append("listen zookeeper-").append(at).append("\n    bind ").append(end);
            text.append("\n    server zookeeper-")
                    .append(at)
                    .append(' ')
                    .append(server)
                    .append('\n');
        }
        Path configuration = home.resolve("relay.cfg");
        try {
            Files.createDirectories(home);
            Files.writeString(configuration, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + configuration, e);
        }
        ManagedProcess process = ManagedProcess.start(
                "relay-" + node,
                List.of(LocalProxy.binary().toString(), "-db", "-f", configuration.toString()),
                home,
                home.resolve("relay.log"),
                line -> {});
        return new StoreRelay(process, String.join(",", ends));
    }

    /** What the node connects to in the place of the ZooKeeper servers. */
    String connectString() {
        return connectString;
    }

    /** Nothing gets through any more. */
    void cut() {
        Signals.freeze(List.of(process.pid()));
    }

    /** What was sent meanwhile arrives. */
    void restore() {
        Signals.thaw(List.of(process.pid()));
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.kill();
    }
}
