package io.prontuario.ha.postgres.pool;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections one thread holds. A connection may be given back by another thread. */
final class Holdings {
    private static final ThreadLocal<Holdings> OF_THREAD = ThreadLocal.withInitial(Holdings::new);

    private final AtomicInteger count = new AtomicInteger();
    private final Thread thread = Thread.currentThread();

    static Holdings ofThisThread() {
        return OF_THREAD.get();
    }

    boolean any() {
        return count.get() > 0;
    }

    boolean several() {
        return count.get() > 1;
    }

    void took() {
        count.incrementAndGet();
    }

    void gaveBack() {
        count.decrementAndGet();
    }

    String threadName() {
        return thread.getName();
    }
}
