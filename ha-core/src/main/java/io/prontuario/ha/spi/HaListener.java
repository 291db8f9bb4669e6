package io.prontuario.ha.spi;

/** Told what happened, in order, on a thread of its own. Exceptions are contained and logged. */
@FunctionalInterface
public interface HaListener {
    void onEvent(HaEvent event);
}
