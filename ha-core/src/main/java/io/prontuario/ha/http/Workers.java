package io.prontuario.ha.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A bounded number of threads, each for a bounded time with one task. The JDK's server reads a request on such a thread, and would wait for
 * ever for one that is begun and not ended: a few of those would keep everybody else out. An interrupt closes the connection that is waited for.
 */
final class Workers extends ThreadPoolExecutor {
    private final Map<Thread, Long> since = new ConcurrentHashMap<>();
    private final long limitNanos;
    private final ScheduledExecutorService watch;

    Workers(String name, int most, Duration limit) {
        super(Math.min(2, most), most, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> daemon(task, name));
        this.limitNanos = limit.toNanos();
        this.watch = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, name + "-watch"));
        long beat = Math.max(1, limit.toMillis() / 4);
        watch.scheduleWithFixedDelay(this::endOverdue, beat, beat, TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable task) {
        since.put(thread, System.nanoTime());
    }

    @Override
    protected void afterExecute(Runnable task, @org.jspecify.annotations.Nullable Throwable failure) {
        since.remove(Thread.currentThread());
    }

    private void endOverdue() {
        long now = System.nanoTime();
        since.forEach((thread, began) -> {
            // Not when it has begun another task meanwhile.
            if (now - began > limitNanos && since.remove(thread, began)) {
                thread.interrupt();
            }
        });
    }

    @Override
    public void shutdown() {
        watch.shutdownNow();
        super.shutdown();
    }

    @Override
    public java.util.List<Runnable> shutdownNow() {
        watch.shutdownNow();
        return super.shutdownNow();
    }
}
