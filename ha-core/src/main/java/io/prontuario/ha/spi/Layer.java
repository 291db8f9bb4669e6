package io.prontuario.ha.spi;

/** Where in the stack a strategy works; plans enable from DATA outwards and isolate from TRAFFIC inwards. */
public enum Layer {
    /** The data itself: PostgreSQL. */
    DATA,
    /** What works on the data: an application, a cache. */
    SERVICE,
    /** What leads clients there: a proxy, a pool, a name. */
    TRAFFIC
}
