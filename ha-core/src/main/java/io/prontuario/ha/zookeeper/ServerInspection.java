package io.prontuario.ha.zookeeper;

import io.prontuario.ha.spi.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Asks one ZooKeeper server about itself by its four letter words (ZooKeeper 3.9 Administrator's Guide, "The Four Letter Words").
 *
 * <p>Each call opens a connection of its own and is bounded by its limit. The server answers only the words in its whitelist.
 */
public final class ServerInspection {
    private static final int MOST_BYTES = 65_536;

    private ServerInspection() {}

    /**
     * The settings under which the server runs, by their names in {@code zoo.cfg}.
     *
     * @throws StoreUnavailableException when it does not answer in time or does not allow {@code conf}
     */
    public static Map<String, String> settings(String host, int port, Duration limit) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String line : ask("conf", host, port, limit).split("\n")) {
            // "membership: " stands before the list of servers, on a line of its own.
            int equals = line.indexOf('=');
            if (equals > 0) {
                settings.put(
                        line.substring(0, equals).trim(),
                        line.substring(equals + 1).trim());
            }
        }
        if (settings.isEmpty()) {
            throw new StoreUnavailableException("ZooKeeper server " + host + ":" + port
                    + " does not answer 'conf'; add it to 4lw.commands.whitelist in its zoo.cfg");
        }
        return settings;
    }

    /** {@code leader}, {@code follower} or {@code standalone}; empty while it serves no clients or does not answer in time. */
    public static Optional<String> mode(String host, int port, Duration limit) {
        try {
            return ask("srvr", host, port, limit)
                    .lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .map(line -> line.substring("Mode: ".length()).trim())
                    .findFirst();
        } catch (StoreUnavailableException e) {
            return Optional.empty();
        }
    }

    /**
     * The number of the last transaction that it knows of: one more with every write, by whomever.
     *
     * @throws StoreUnavailableException when it does not answer in time, or serves no clients
     */
    public static long lastTransaction(String host, int port, Duration limit) {
        return ask("srvr", host, port, limit)
                .lines()
                .filter(line -> line.startsWith("Zxid: 0x"))
                .map(line -> Long.parseUnsignedLong(
                        line.substring("Zxid: 0x".length()).trim(), 16))
                .findFirst()
                .orElseThrow(() -> new StoreUnavailableException(
                        "ZooKeeper server " + host + ":" + port + " does not tell its last transaction"));
    }

    private static String ask(String word, String host, int port, Duration limit) {
        int millis = (int) Math.max(1, limit.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), millis);
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "ZooKeeper server " + host + ":" + port + " has not answered '" + word + "' within " + millis
                            + " ms: " + e.getMessage(),
                    e);
        }
    }
}
