package io.prontuario.ha.health;

import io.prontuario.ha.model.CheckState;
import io.prontuario.ha.spi.HealthCheck;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs health checks side by side and remembers what they found, so that whoever asks is answered at once, whatever a check does. Each
 * check has at most one look under way: one that hangs costs one thread and no more.
 */
public final class HealthBoard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthBoard.class);
    /** How often it is seen whether a look is over or overdue; the longest by which news of it is late. */
    private static final Duration BEAT = Duration.ofMillis(500);

    private final List<Looking> all;
    private final Consumer<CheckState> changed;
    private final ScheduledExecutorService beat;
    private final ExecutorService threads;

    /**
     * A board that does not look yet.
     *
     * @param changed told on the board's own thread when a check has come to stand otherwise
     */
    public HealthBoard(List<HealthCheck> checks, Ticker ticker, Consumer<CheckState> changed) {
        this.all = checks.stream().map(check -> new Looking(check, ticker)).toList();
        this.changed = changed;
        this.beat = Executors.newSingleThreadScheduledExecutor(named("prontuario-health"));
        this.threads = Executors.newCachedThreadPool(named("prontuario-check"));
    }

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Looks for the first time, and from then on each check as often as it asks for. */
    public void start() {
        if (all.isEmpty()) {
            return;
        }
        all.forEach(looking -> beat.scheduleWithFixedDelay(
                () -> looking.begin(threads), 0, looking.check().every().toMillis(), TimeUnit.MILLISECONDS));
        beat.scheduleWithFixedDelay(this::tell, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tell() {
        for (Looking looking : all) {
            try {
                looking.endOverdue();
                CheckState news = looking.untold();
                if (news != null) {
                    changed.accept(news);
                }
            } catch (RuntimeException e) {
                // Thrown out of here it would be the last beat.
                LOG.error("news of check {} could not be told", looking.check().name(), e);
            }
        }
    }

    /** How the checks stand, in the order in which they were given. Never blocks. */
    public List<CheckState> states() {
        return all.stream().map(Looking::state).toList();
    }

    /** Ends what it can; a look that does not heed the interrupt goes on, on a daemon thread. */
    @Override
    public void close() {
        beat.shutdownNow();
        threads.shutdownNow();
    }
}
