package io.prontuario.ha.postgres.pool;

import java.util.concurrent.atomic.LongAdder;

/** What a data source counts of its connections, over all epochs. */
final class Tally {
    private final LongAdder evicted = new LongAdder();
    private final LongAdder inDoubt = new LongAdder();

    void evicted(int connections) {
        evicted.add(connections);
    }

    void inDoubt() {
        inDoubt.increment();
    }

    long evicted() {
        return evicted.sum();
    }

    long doubts() {
        return inDoubt.sum();
    }
}
