package io.prontuario.ha.examples.extend;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;

/**
 * A Redis server behind Jedis, with a connection for each call: calls are seldom, and a connection that is kept would have to be found dead
 * first. What keeps writes out is {@code min-replicas-to-write}, with more replicas than anybody has (Redis docs, Replication).
 */
final class JedisServer implements RedisServer {
    private static final String GATE = "min-replicas-to-write";
    private static final String SHUT = "1000";

    private final HostAndPort address;
    private final JedisClientConfig settings;

    JedisServer(String host, int port, Duration limit) {
        this.address = new HostAndPort(host, port);
        this.settings = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis((int) limit.toMillis())
                .socketTimeoutMillis((int) limit.toMillis())
                .build();
    }

    @Override
    public String address() {
        return address.toString();
    }

    @Override
    public boolean isOpen() {
        return ask(redis -> role(redis).get(0).equals("master") && gate(redis).equals("0"));
    }

    @Override
    public boolean follows(String upstream) {
        HostAndPort wanted = HostAndPort.from(upstream);
        return ask(redis -> role(redis).equals(List.of("slave", wanted.getHost(), String.valueOf(wanted.getPort())))
                && gate(redis).equals(SHUT));
    }

    @Override
    public void open() {
        ask(redis -> redis.replicaofNoOne() + redis.configSet(GATE, "0"));
    }

    @Override
    public void close() {
        ask(redis -> redis.configSet(GATE, SHUT));
    }

    @Override
    public void follow(String upstream) {
        HostAndPort wanted = HostAndPort.from(upstream);
        ask(redis -> redis.replicaof(wanted.getHost(), wanted.getPort()));
    }

    private <T> T ask(Function<Jedis, T> question) {
        try (Jedis redis = new Jedis(address, settings)) {
            return question.apply(redis);
        }
    }

    /** {@code master}, or {@code slave} with host and port of its master. */
    private static List<String> role(Jedis redis) {
        List<Object> role = redis.role();
        String kind = text(role.get(0));
        return kind.equals("slave") ? List.of(kind, text(role.get(1)), text(role.get(2))) : List.of(kind);
    }

    private static String text(Object value) {
        return value instanceof byte[] bytes
                ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                : String.valueOf(value);
    }

    private static String gate(Jedis redis) {
        Map<String, String> found = redis.configGet(GATE);
        return found.getOrDefault(GATE, "");
    }

    @Override
    public String toString() {
        return "redis at " + address;
    }
}
