package io.prontuario.ha.examples.extend;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Lets the Redis beside the primary take the writes and the others follow it. A cache: Redis copies asynchronously, so a takeover may lose
 * the last moments of it, and the database never waits for it ({@code BEST_EFFORT}).
 *
 * <p>A server at rest takes no writes; give each {@code min-replicas-to-write 1000} in its {@code redis.conf}, so that one that is
 * restarted rests until this strategy opens it.
 */
public final class RedisStrategy implements FailoverStrategy {
    /** One call to one server; the most that a step makes are five. */
    private static final Duration CALL = Duration.ofMillis(300);

    private static final Duration AGAIN = Duration.ofMillis(500);

    private final Map<NodeName, RedisServer> servers;

    RedisStrategy(Map<NodeName, RedisServer> servers) {
        this.servers = Map.copyOf(servers);
    }

    /** Over these servers, each as {@code host:port} as the others reach it. */
    public static RedisStrategy of(Map<NodeName, String> addresses) {
        Map<NodeName, RedisServer> servers = new LinkedHashMap<>();
        addresses.forEach((node, address) -> {
            int colon = address.lastIndexOf(':');
            servers.put(
                    node,
                    new JedisServer(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)), CALL));
        });
        return new RedisStrategy(servers);
    }

    @Override
    public String name() {
        return "redis";
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
    public Participation participation(TransitionKind kind) {
        return Participation.BEST_EFFORT;
    }

    @Override
    public Outcome isolate(StepRequest request) {
        RedisServer server = servers.get(request.step().target());
        if (server == null) {
            return Outcome.alreadySo("no Redis there");
        }
        try {
            if (!server.isOpen()) {
                return Outcome.alreadySo("");
            }
            server.close();
            return server.isOpen() ? Outcome.unknown(server + " still takes writes") : Outcome.done("");
        } catch (JedisException e) {
            return Outcome.unknown(server + " does not answer: " + e.getMessage());
        }
    }

    @Override
    public Outcome enable(StepRequest request) {
        return bring(request.step().target());
    }

    @Override
    public Outcome reconcile(ClusterState state) {
        return state.active() ? bring(state.primary().node()) : Outcome.alreadySo("");
    }

    /** Level-triggered: whatever was so before, afterwards this one takes the writes, and whoever answers follows it. */
    private Outcome bring(NodeName primary) {
        RedisServer chosen = servers.get(primary);
        if (chosen == null) {
            return Outcome.refused("no Redis is known for " + primary + ": name it when the strategy is made");
        }
        try {
            boolean changed = opened(chosen);
            List<String> away = new ArrayList<>();
            for (RedisServer other : servers.values()) {
                if (other != chosen) {
                    try {
                        changed |= followed(other, chosen.address());
                    } catch (JedisException e) {
                        away.add(other + " does not answer, and follows once it does");
                    }
                }
            }
            String detail = String.join("; ", away);
            return changed ? Outcome.done(detail) : Outcome.alreadySo(detail);
        } catch (JedisException e) {
            return Outcome.retry(chosen + " does not answer: " + e.getMessage(), AGAIN);
        }
    }

    private static boolean opened(RedisServer server) {
        if (server.isOpen()) {
            return false;
        }
        server.open();
        return true;
    }

    private static boolean followed(RedisServer server, String upstream) {
        if (server.follows(upstream)) {
            return false;
        }
        server.close();
        server.follow(upstream);
        return true;
    }
}
