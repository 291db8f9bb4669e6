package io.prontuario.ha.engine;

import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of what somebody else has written, on a thread of its own: one that outlasts its limit is UNKNOWN and is left alone, and until it has
 * ended there is no other.
 */
final class OneAtATime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OneAtATime.class);
    private static final Duration AGAIN = Duration.ofMillis(50);

    private final String name;
    private final ThreadPoolExecutor thread;
    private final AtomicBoolean busy = new AtomicBoolean();

    OneAtATime(String name) {
        this.name = name;
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1), task -> {
            Thread made = new Thread(task, "prontuario-" + name);
            made.setDaemon(true);
            return made;
        });
    }

    Outcome bounded(Duration limit, Callable<Outcome> call) {
        TimeLimiter limiter = TimeLimiter.of(TimeLimiterConfig.custom()
                .timeoutDuration(limit)
                .cancelRunningFuture(false)
                .build());
        if (!busy.compareAndSet(false, true)) {
            return Outcome.retry(name + " is still busy with an earlier call", AGAIN);
        }
        try {
            Future<Outcome> running = thread.submit(() -> {
                try {
                    return call.call();
                } finally {
                    busy.set(false);
                }
            });
            return limiter.executeFutureSupplier(() -> running);
        } catch (TimeoutException e) {
            return Outcome.unknown(name + " has not answered within " + limit.toMillis() + " ms");
        } catch (Exception e) {
            LOG.warn("{} failed", name, e);
            return Outcome.unknown(name + " failed: " + e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
