package io.prontuario.ha.health;

import io.prontuario.ha.model.CheckResult;
import io.prontuario.ha.model.CheckState;
import io.prontuario.ha.model.CheckState.Standing;
import io.prontuario.ha.spi.HealthCheck;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** One check with what it found last. */
final class Looking {
    private final HealthCheck check;
    private final Ticker ticker;
    private final Trend trend = new Trend();
    private @Nullable CheckResult found;
    private long beganNanos;
    private long endedNanos;
    private Duration took = Duration.ZERO;
    private boolean underWay;
    private @Nullable Thread looker;
    private Standing told = Standing.UNKNOWN;

    Looking(HealthCheck check, Ticker ticker) {
        this.check = check;
        this.ticker = ticker;
    }

    HealthCheck check() {
        return check;
    }

    /** Looks, unless the last look has not ended: what hangs is not asked again. */
    synchronized void begin(ExecutorService threads) {
        if (underWay) {
            return;
        }
        underWay = true;
        beganNanos = ticker.nanos();
        try {
            threads.execute(this::look);
        } catch (RejectedExecutionException e) {
            // The board is being closed.
            underWay = false;
        }
    }

    private void look() {
        synchronized (this) {
            looker = Thread.currentThread();
        }
        CheckResult result = CheckResult.failed("ended without a result");
        try {
            result = check.check();
        } catch (Exception | LinkageError e) {
            result = CheckResult.failed(e.getMessage() == null ? e.toString() : e.getMessage());
        } finally {
            ended(result);
        }
    }

    private synchronized void ended(CheckResult result) {
        underWay = false;
        looker = null;
        endedNanos = ticker.nanos();
        took = Duration.ofNanos(endedNanos - beganNanos);
        boolean late = took.compareTo(check.limit()) > 0;
        found = late
                ? CheckResult.failed("answered after " + took.toMillis() + " ms, limit "
                        + check.limit().toMillis() + " ms")
                : result;
        if (!late && result.left().isPresent()) {
            trend.saw(endedNanos, result.left().getAsDouble());
        }
    }

    /** A look that has not ended within its limit is told to. */
    synchronized void endOverdue() {
        if (overdue() && looker != null) {
            looker.interrupt();
        }
    }

    private boolean overdue() {
        return underWay && ticker.nanos() - beganNanos > check.limit().toNanos();
    }

    synchronized CheckState state() {
        CheckResult last = found;
        boolean overdue = overdue();
        Standing standing =
                overdue ? Standing.FAILED : last == null ? Standing.UNKNOWN : last.ok() ? Standing.OK : Standing.FAILED;
        long now = ticker.nanos();
        return new CheckState(
                check.name(),
                check.capability(),
                standing,
                overdue
                        ? "has not answered within " + check.limit().toMillis() + " ms"
                        : last == null ? "not looked yet" : last.detail(),
                overdue ? Duration.ofNanos(now - beganNanos) : took,
                last == null ? Duration.ZERO : Duration.ofNanos(now - endedNanos),
                last == null ? OptionalDouble.empty() : last.left(),
                trend.lasts());
    }

    /** How it stands if that has not been told yet; null otherwise. */
    synchronized @Nullable CheckState untold() {
        CheckState state = state();
        if (state.standing() == told) {
            return null;
        }
        told = state.standing();
        return state;
    }
}
