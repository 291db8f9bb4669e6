package io.prontuario.ha.spi;

/** Told that something in the store changed. Called from the store's thread: note it, wake, return. */
@FunctionalInterface
public interface StoreListener {
    /** State, statuses, leadership or health may have changed: look again. */
    void changed();
}
