package io.prontuario.ha.examples.extend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.testing.FailoverStrategyContract;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** The strategy's own unit test: servers in memory, and the contract that the library gives to whoever writes one. */
class RedisStrategyTest {
    private static final NodeName ONE = new NodeName("studio-1");
    private static final NodeName TWO = new NodeName("studio-2");

    /** A Redis that does what it is told, and answers until a test says otherwise. */
    private static final class Made implements RedisServer {
        private final String address;
        private boolean gateShut = true;
        private String upstream = "";
        private boolean answers = true;

        Made(String address) {
            this.address = address;
        }

        private void asked() {
            if (!answers) {
                throw new JedisConnectionException("connection refused");
            }
        }

        @Override
        public String address() {
            return address;
        }

        @Override
        public boolean isOpen() {
            asked();
            return takesWrites();
        }

        boolean takesWrites() {
            return upstream.isEmpty() && !gateShut;
        }

        @Override
        public boolean follows(String of) {
            asked();
            return upstream.equals(of) && gateShut;
        }

        @Override
        public void open() {
            asked();
            upstream = "";
            gateShut = false;
        }

        @Override
        public void close() {
            asked();
            gateShut = true;
        }

        @Override
        public void follow(String of) {
            asked();
            upstream = of;
        }

        @Override
        public String toString() {
            return "redis at " + address;
        }
    }

    private static class Lab implements FailoverStrategyContract.Lab {
        private final Map<NodeName, Made> servers = new LinkedHashMap<>();

        Lab() {
            servers.put(ONE, new Made("one:6379"));
            servers.put(TWO, new Made("two:6379"));
        }

        @Override
        public FailoverStrategy strategy() {
            return new RedisStrategy(Map.copyOf(servers));
        }

        @Override
        public List<NodeName> nodes() {
            return List.of(ONE, TWO);
        }

        @Override
        public Optional<NodeName> used() {
            List<NodeName> all = servers.keySet().stream()
                    .filter(node -> servers.get(node).takesWrites())
                    .toList();
            return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
        }

        @Override
        public void disturb() {
            servers.values().forEach(server -> server.gateShut = true);
        }

        @Override
        public void cutOff() {
            servers.values().forEach(server -> server.answers = false);
        }

        @Override
        public void restore() {
            servers.values().forEach(server -> server.answers = true);
        }
    }

    private final Lab lab = new Lab();
    private final FailoverStrategy redis = lab.strategy();

    private Outcome enable(NodeName node) {
        return redis.enable(FailoverStrategyContract.request(redis, node));
    }

    @Test
    void keepsTheContract() {
        assertEquals(List.of(), FailoverStrategyContract.violations(lab));
    }

    /** The kit would be worth nothing if it passed on everything. */
    @Test
    void theContractFindsAStrategyThatOnlySaysSo() {
        List<String> found = FailoverStrategyContract.violations(new Lab() {
            @Override
            public FailoverStrategy strategy() {
                return new Careless();
            }
        });
        List.of(
                        "after enable studio-1 no node is used, not studio-1",
                        "describe must be one line; for ISOLATE it is ''",
                        "ENABLE answered DONE while nothing answers: nobody can have seen that",
                        "reconcile threw java.lang.IllegalStateException: not today")
                .forEach(sentence -> assertTrue(found.contains(sentence), found::toString));
    }

    private static final class Careless implements FailoverStrategy {
        @Override
        public String name() {
            return "careless";
        }

        @Override
        public Layer layer() {
            return Layer.SERVICE;
        }

        @Override
        public Placement placement() {
            return Placement.COORDINATOR;
        }

        @Override
        public Outcome isolate(StepRequest request) {
            return Outcome.done("");
        }

        @Override
        public Outcome enable(StepRequest request) {
            return Outcome.done("");
        }

        @Override
        public Outcome reconcile(ClusterState state) {
            throw new IllegalStateException("not today");
        }

        @Override
        public String describe(Step step) {
            return "";
        }
    }

    @Test
    void theOtherFollowsWhoeverIsOpened() {
        assertEquals(Outcome.Kind.DONE, enable(ONE).kind());
        assertEquals("one:6379", lab.servers.get(TWO).upstream);
        assertEquals(Outcome.Kind.ALREADY_SO, enable(ONE).kind());
    }

    @Test
    void aTakeoverDoesNotWaitForTheServerThatIsLost() {
        enable(ONE);
        lab.servers.get(ONE).answers = false;
        Outcome outcome = enable(TWO);
        assertTrue(outcome.holds(), outcome::toString);
        assertEquals("redis at one:6379 does not answer, and follows once it does", outcome.detail());

        lab.servers.get(ONE).answers = true;
        assertEquals(Outcome.Kind.DONE, enable(TWO).kind());
        assertFalse(lab.servers.get(ONE).takesWrites());
        assertEquals("two:6379", lab.servers.get(ONE).upstream);
    }

    @Test
    void aNodeThatItDoesNotKnowIsRefusedAndSaysWhatToDo() {
        NodeName stranger = new NodeName("studio-9");
        StepRequest request = FailoverStrategyContract.request(redis, stranger);
        assertEquals(Outcome.Kind.REFUSED, redis.enable(request).kind());
    }
}
