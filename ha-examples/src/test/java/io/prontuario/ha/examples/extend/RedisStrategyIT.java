package io.prontuario.ha.examples.extend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.examples.local.LocalRedis;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.testing.FailoverStrategyContract;
import io.prontuario.ha.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** The strategy against two real Redis servers, one of which is killed. */
class RedisStrategyIT {
    private static final NodeName ONE = new NodeName("studio-1");
    private static final NodeName TWO = new NodeName("studio-2");

    @TempDir
    private Path folder;

    private final Map<NodeName, Integer> ports = new LinkedHashMap<>();
    private final Map<NodeName, LocalRedis> servers = new LinkedHashMap<>();

    @BeforeEach
    void startBoth() {
        int[] free = FreePorts.find(2);
        ports.put(ONE, free[0]);
        ports.put(TWO, free[1]);
        for (NodeName node : ports.keySet()) {
            start(node);
        }
    }

    @AfterEach
    void endBoth() {
        for (NodeName node : ports.keySet()) {
            kill(node);
        }
    }

    /** At rest, as it would be after a restart of the machine. */
    private void start(NodeName node) {
        servers.put(node, LocalRedis.start(node.value(), folder, ports.get(node)));
        soon(() -> answers(node));
    }

    private void kill(NodeName node) {
        servers.get(node).kill();
    }

    private boolean answers(NodeName node) {
        return Boolean.TRUE.equals(
                ask(node, redis -> redis.ping().equals("PONG")).orElse(false));
    }

    private boolean takesWrites(NodeName node) {
        return ask(node, redis -> redis.set("probe", node.value()).equals("OK")).orElse(false);
    }

    private <T> Optional<T> ask(NodeName node, java.util.function.Function<Jedis, T> question) {
        try (Jedis redis = new Jedis("127.0.0.1", ports.get(node), 500)) {
            return Optional.ofNullable(question.apply(redis));
        } catch (JedisException e) {
            return Optional.empty();
        }
    }

    private static void soon(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    private FailoverStrategy strategy() {
        return RedisStrategy.of(Map.of(ONE, "127.0.0.1:" + ports.get(ONE), TWO, "127.0.0.1:" + ports.get(TWO)));
    }

    private final class Lab implements FailoverStrategyContract.Lab {
        @Override
        public FailoverStrategy strategy() {
            return RedisStrategyIT.this.strategy();
        }

        @Override
        public List<NodeName> nodes() {
            return List.of(ONE, TWO);
        }

        @Override
        public Optional<NodeName> used() {
            List<NodeName> all = ports.keySet().stream()
                    .filter(RedisStrategyIT.this::takesWrites)
                    .toList();
            return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
        }

        @Override
        public void disturb() {
            ask(TWO, redis -> redis.replicaof("127.0.0.1", ports.get(ONE)));
        }

        /** They are there and say nothing, which is worse than being gone. */
        @Override
        public void cutOff() {
            servers.values().forEach(server -> signal(server, "-STOP"));
        }

        @Override
        public void restore() {
            servers.values().forEach(server -> signal(server, "-CONT"));
        }
    }

    private static void signal(LocalRedis server, String signal) {
        try {
            new ProcessBuilder("kill", signal, String.valueOf(server.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void keepsTheContract() {
        assertEquals(List.of(), FailoverStrategyContract.violations(new Lab()));
    }

    @Test
    void theReplicaIsPromotedWithWhatItHasWhenTheMasterIsKilled() {
        FailoverStrategy redis = strategy();
        assertTrue(enable(redis, ONE).holds());
        assertTrue(ask(ONE, one -> one.set("patient:17", "admitted")).isPresent());
        soon(() -> ask(TWO, two -> two.get("patient:17")).isPresent());

        kill(ONE);
        Outcome promoted = enable(redis, TWO);
        assertTrue(promoted.holds(), promoted::toString);
        assertEquals("admitted", ask(TWO, two -> two.get("patient:17")).orElse(""));
        assertTrue(takesWrites(TWO));

        // Back and at rest, until the strategy looks again.
        start(ONE);
        assertTrue(!takesWrites(ONE));
        assertEquals(Outcome.Kind.DONE, enable(redis, TWO).kind());
        soon(() -> ask(ONE, one -> one.get("patient:17")).isPresent());
        assertTrue(!takesWrites(ONE));
    }

    private static Outcome enable(FailoverStrategy redis, NodeName node) {
        return redis.enable(FailoverStrategyContract.request(redis, node));
    }
}
