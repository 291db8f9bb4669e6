package io.prontuario.ha.examples.extend;

import redis.clients.jedis.exceptions.JedisException;

/** One Redis server, as far as {@link RedisStrategy} needs it. Each call is bounded and throws {@link JedisException} when it fails. */
interface RedisServer {
    /** Where replicas find it, as {@code host:port}. */
    String address();

    /** Whether it is a master that takes writes. */
    boolean isOpen();

    /** Whether it follows the server at that address and would take no writes if it were made a master. */
    boolean follows(String upstream);

    /** Becomes a master that takes writes. */
    void open();

    /** Takes no more writes, whoever it follows. */
    void close();

    /** Becomes a replica of the server at that address. */
    void follow(String upstream);
}
