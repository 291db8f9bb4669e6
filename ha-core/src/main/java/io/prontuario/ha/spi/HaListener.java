package io.prontuario.ha.spi;

/** Told what happened, in order, on a thread of its own. Exceptions are contained and logged. */
@FunctionalInterface
public interface HaListener {
    /** Something happened. A slow listener delays only events; past a bound of waiting ones, new ones are dropped. */
    void onEvent(HaEvent event);
}
