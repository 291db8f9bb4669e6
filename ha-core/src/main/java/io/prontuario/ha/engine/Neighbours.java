package io.prontuario.ha.engine;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What the other nodes say of themselves, for somebody who looks at this one: each is asked at most once a second, and only while somebody
 * looks. Nothing is decided by it.
 */
final class Neighbours {
    /** What is asked of them. */
    static final String PATH = "/self";

    private static final Duration FRESH = Duration.ofMillis(900);
    private static final Duration KEPT = Duration.ofSeconds(5);
    private static final int LIMIT_MILLIS = 500;
    private static final int LONGEST = 64 * 1024;

    private final Ticker ticker;
    private final Machine machine;
    private final Map<NodeName, Said> said = new ConcurrentHashMap<>();
    private final Map<NodeName, AtomicBoolean> asking = new ConcurrentHashMap<>();

    private record Said(long atNanos, @Nullable JsonObject words) {}

    Neighbours(Ticker ticker, Machine machine) {
        this.ticker = ticker;
        this.machine = machine;
    }

    /** What that node has said in the last seconds; null when it has said nothing. */
    @Nullable
    JsonObject of(NodeName node) {
        Said last = said.get(node);
        return last == null || ticker.nanos() - last.atNanos() > KEPT.toNanos() ? null : last.words();
    }

    /** Lets those be asked of whom nothing fresh is known; returns at once. */
    void ask(Collection<NodeStatus> nodes) {
        for (NodeStatus node : nodes) {
            Said last = said.get(node.node());
            AtomicBoolean busy = asking.computeIfAbsent(node.node(), any -> new AtomicBoolean());
            boolean fresh = last != null && ticker.nanos() - last.atNanos() < FRESH.toNanos();
            if (fresh || node.leaving() || !busy.compareAndSet(false, true)) {
                continue;
            }
            machine.start("prontuario-console", () -> {
                try {
                    said.put(node.node(), new Said(ticker.nanos(), asked(node.address())));
                } finally {
                    busy.set(false);
                }
            });
        }
    }

    private static @Nullable JsonObject asked(String address) {
        try {
            HttpURLConnection question = (HttpURLConnection)
                    URI.create("http://" + address + PATH).toURL().openConnection();
            question.setConnectTimeout(LIMIT_MILLIS);
            question.setReadTimeout(LIMIT_MILLIS);
            question.setUseCaches(false);
            try (InputStream body = question.getInputStream()) {
                String text = new String(body.readNBytes(LONGEST), StandardCharsets.UTF_8);
                return JsonParser.parseString(text).getAsJsonObject();
            }
        } catch (IOException | IllegalArgumentException | IllegalStateException | JsonParseException e) {
            return null;
        }
    }
}
