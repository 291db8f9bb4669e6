package io.prontuario.ha.examples.local;

import io.prontuario.ha.haproxy.HaproxyException;
import io.prontuario.ha.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something that other processes bring about. */
public final class Waiting {
    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private Waiting() {}

    /**
     * Looks again and again until it is so.
     *
     * @param what for the message: "studio-2 is certified"
     * @throws IllegalStateException when it is not so within {@code limit}, or this thread is interrupted
     */
    public static void until(Duration limit, String what, BooleanSupplier so) {
        long end = System.nanoTime() + limit.toNanos();
        String trouble = "";
        while (System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted()) {
            try {
                if (so.getAsBoolean()) {
                    return;
                }
            } catch (HaproxyException | StoreUnavailableException | IllegalStateException e) {
                trouble = " (" + e.getMessage() + ")";
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new IllegalStateException("waited " + limit.toMillis() + " ms in vain until " + what + trouble);
    }
}
