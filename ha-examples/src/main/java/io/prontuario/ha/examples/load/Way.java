package io.prontuario.ha.examples.load;

/** One user's way to the records. Used by one thread. */
interface Way extends AutoCloseable {
    /** Writes a row. */
    Answer write(long id, int user);

    /** Reads a row. */
    Answer read(long id);

    /** How many connections that had been made it has lost, where it has one of its own. */
    default int reconnects() {
        return 0;
    }

    @Override
    default void close() {}
}
