package io.prontuario.ha.examples.emr;

import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckResult;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.HealthCheck;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/**
 * In the Redis beside the primary, which {@code RedisStrategy} opens for writes. A Redis that is away costs one request its time-out, and is
 * left alone for a while then: the patient comes from the database instead.
 */
final class RedisCache implements PatientCache {
    private static final int CALL_MILLIS = 150;
    private static final long KEPT_SECONDS = 60;
    private static final Duration LEFT_ALONE = Duration.ofSeconds(1);

    private final Map<NodeName, RedisClient> servers = new HashMap<>();
    private final Supplier<Optional<NodeName>> primary;
    private final Ticker ticker;
    private final AtomicLong notBefore;

    /**
     * Connects when it is first used.
     *
     * @param addresses the Redis of each node, as {@code host:port}
     * @param primary who the primary is at this moment, if that is known
     */
    RedisCache(Map<NodeName, String> addresses, Supplier<Optional<NodeName>> primary, Ticker ticker) {
        addresses.forEach((node, address) -> servers.put(
                node,
                RedisClient.builder()
                        .hostAndPort(HostAndPort.from(address))
                        .poolConfig(pool())
                        .clientConfig(DefaultJedisClientConfig.builder()
                                .connectionTimeoutMillis(CALL_MILLIS)
                                .socketTimeoutMillis(CALL_MILLIS)
                                .build())
                        .build()));
        this.primary = primary;
        this.ticker = ticker;
        this.notBefore = new AtomicLong(ticker.nanos());
    }

    /** By default whoever waits for a connection waits for ever, and is not told when none can be made any more. */
    private static ConnectionPoolConfig pool() {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxWait(Duration.ofMillis(CALL_MILLIS));
        return pool;
    }

    @Override
    public Optional<Patient> get(UUID id) {
        return server().flatMap(redis -> {
            try {
                return Optional.ofNullable(redis.get(key(id))).flatMap(text -> parsed(id, text));
            } catch (JedisException e) {
                leaveAlone();
                return Optional.empty();
            }
        });
    }

    @Override
    public void put(Patient patient) {
        server().ifPresent(redis -> {
            try {
                redis.set(
                        key(patient.id()),
                        patient.born() + " " + patient.name(),
                        SetParams.setParams().ex(KEPT_SECONDS));
            } catch (JedisException e) {
                leaveAlone();
            }
        });
    }

    private Optional<RedisClient> server() {
        return ticker.nanos() - notBefore.get() < 0
                ? Optional.empty()
                : primary.get().map(servers::get);
    }

    private void leaveAlone() {
        notBefore.set(ticker.nanos() + LEFT_ALONE.toNanos());
    }

    private static String key(UUID id) {
        return "patient:" + id;
    }

    private static Optional<Patient> parsed(UUID id, String text) {
        int blank = text.indexOf(' ');
        return blank < 0
                ? Optional.empty()
                : Optional.of(new Patient(id, text.substring(blank + 1), LocalDate.parse(text.substring(0, blank))));
    }

    /** The field {@code redis} of {@code /health}: whether the Redis on this machine answers. Without it the record is slower, and no more. */
    static HealthCheck check(String address) {
        return new HealthCheck() {
            @Override
            public String name() {
                return "redis";
            }

            @Override
            public Capability capability() {
                return Capability.of("cache");
            }

            @Override
            public CheckResult check() {
                try (RedisClient redis = RedisClient.create(HostAndPort.from(address))) {
                    return "PONG".equals(redis.ping())
                            ? CheckResult.ok(address + " answers")
                            : CheckResult.failed(address + " answers something else than PONG");
                } catch (JedisException e) {
                    return CheckResult.failed(address + " does not answer: " + e.getMessage());
                }
            }
        };
    }

    @Override
    public void close() {
        servers.values().forEach(RedisClient::close);
    }
}
