package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Versioned;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Forbids takeovers. */
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description =
                "Forbid takeovers until ha resume. Standbys are certified and decertified as before, a takeover that is under way"
                        + " is carried to its end, and a primary whose server dies is restarted in place by its agent.")
final class PauseCommand extends PausingCommand {
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration TELL = Duration.ofMinutes(1);

    @Option(
            names = "--for",
            description =
                    "Stay, and allow takeovers again after so long, such as 90s, 30m or 2h (24 h at the most), or when this"
                            + " command is ended. Killed (SIGKILL), it leaves the cluster paused.")
    private @Nullable String time;

    @SuppressWarnings("NullAway.Init") // set by check()
    private Duration limit;

    PauseCommand() {
        super(true, "is paused: nobody takes over until ha resume", "is paused already");
    }

    @Override
    void check() {
        if (time != null) {
            limit = Durations.parse(spec.commandLine(), "--for", time, LONGEST);
            if (limit.isZero()) {
                throw new ParameterException(spec.commandLine(), "--for is 0: say how long");
            }
        }
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) throws InterruptedException {
        boolean before = store.read(LIMIT)
                .map(Versioned::state)
                .map(ClusterState::paused)
                .orElse(false);
        if (time != null && before) {
            out.println("cluster " + read.cluster()
                    + " is paused already, by somebody else: it is left to him, and to ha resume");
            return Ha.FAILED;
        }
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch resumed = new CountDownLatch(1);
        if (time != null) {
            // Before it is paused: whoever ends this command in between finds nothing paused.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                ended.countDown();
                awaitQuietly(resumed);
            }));
        }
        try {
            set(true, read, store, out);
            if (time != null) {
                stay(ended, out);
                resume(read, store, out);
            }
        } finally {
            resumed.countDown();
        }
        return 0;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stay(CountDownLatch ended, PrintWriter out) throws InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(until - System.nanoTime());
            if (left.isNegative() || left.isZero()) {
                return;
            }
            if (!json) {
                out.println("for " + Durations.text(left) + " more; Ctrl-C allows takeovers at once");
                out.flush();
            }
            Duration step = left.compareTo(TELL) > 0 ? TELL : left;
            if (ended.await(step.toMillis() + 1, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /** Until the store is reached: a pause that nobody ends is what this option is there to prevent. */
    private void resume(NodeConfig read, ClusterStore store, PrintWriter out) throws InterruptedException {
        while (true) {
            try {
                set(false, read, store, out);
                return;
            } catch (StoreUnavailableException e) {
                spec.commandLine().getErr().println("ha: still paused: " + e.getMessage());
                TimeUnit.MILLISECONDS.sleep(AGAIN.toMillis());
            }
        }
    }
}
