package io.prontuario.ha.haproxy;

import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A proxy with a thread of its own and the patience that it has earned: what is asked of it goes on beside the others, one thing at a
 * time, and is bounded even where its address has to be looked up first.
 */
final class Lane implements AutoCloseable {
    /** What a name service may take beyond the deadline before the attempt is given up. */
    private static final Duration GRACE = Duration.ofMillis(100);

    private static final Duration AGAIN = Duration.ofMillis(100);

    private final RuntimeApi api;
    private final Proxy proxy;
    private final Patience patience;
    private final Ticker ticker;
    private final ThreadPoolExecutor thread;

    Lane(HaproxySettings settings, RuntimeAddress address, Ticker ticker) {
        this.api = new RuntimeApi(address, settings.limit());
        RuntimeAddress master = settings.masters().get(address);
        this.proxy = new Proxy(
                api,
                master == null ? null : new OldWorkers(RuntimeApi.master(master, settings.limit())),
                settings.backend(),
                settings.servers().values());
        this.patience = new Patience(address.toString(), settings.limit(), ticker);
        this.ticker = ticker;
        // Room for one: the thread that has just answered is not yet back for the next.
        this.thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), task -> {
            Thread made = new Thread(task, "prontuario-haproxy");
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    CheckWatch watch(HaproxySettings settings, StrategyContext context) {
        Duration half = shorter(
                settings.limit(), longer(CheckWatch.BEAT, settings.limit().dividedBy(2)));
        return new CheckWatch(
                api,
                settings.backend(),
                settings.servers().values(),
                settings.checkInterval(),
                half,
                patience,
                ticker,
                context.wake());
    }

    /** Begins; never blocks. */
    Attempt attempt(Duration cap, boolean othersWait, BiFunction<Proxy, Deadline, Outcome> act) {
        // Inside the cap, so that what was seen can still be told before the caller gives up.
        Duration room = longer(cap.minus(GRACE), cap.dividedBy(2));
        Duration within = shorter(patience.granted(othersWait), room);
        Duration bound = shorter(within.plus(GRACE), cap);
        try {
            return new Attempt(thread.submit(() -> contained(within, act)), bound);
        } catch (RejectedExecutionException e) {
            return new Attempt(null, bound);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private Outcome contained(Duration within, BiFunction<Proxy, Deadline, Outcome> act) {
        try {
            Outcome outcome = act.apply(proxy, Deadline.in(within, ticker));
            patience.answered();
            return outcome;
        } catch (HaproxyException e) {
            if (e.away()) {
                patience.away(e);
            } else {
                patience.answered();
            }
            return Proxy.outcome(e);
        }
    }

    /** Something that was begun on this proxy. */
    final class Attempt {
        private final @Nullable Future<Outcome> running;
        private final Duration bound;

        private Attempt(@Nullable Future<Outcome> running, Duration bound) {
            this.running = running;
            this.bound = bound;
        }

        /** Waits for its end, bounded. */
        Outcome await() {
            Future<Outcome> begun = running;
            if (begun == null) {
                return Outcome.retry(proxy.address() + " is still busy with what was asked before", AGAIN);
            }
            try {
                return begun.get(bound.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                begun.cancel(true);
                return Outcome.unknown(proxy.address() + " was not done with in time: is its name looked up"
                        + " slowly? Give its address instead");
            } catch (InterruptedException e) {
                begun.cancel(true);
                Thread.currentThread().interrupt();
                return Outcome.unknown(proxy.address() + " was not waited for: this node is closing");
            } catch (ExecutionException e) {
                return Outcome.unknown(proxy.address() + ": " + e.getCause());
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
