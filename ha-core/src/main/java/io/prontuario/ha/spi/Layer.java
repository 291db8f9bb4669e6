package io.prontuario.ha.spi;

/** Where in the stack a strategy works; plans enable from DATA outwards and isolate from TRAFFIC inwards. */
public enum Layer {
    DATA,
    SERVICE,
    TRAFFIC
}
