package io.prontuario.ha.examples.local;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** When a program that runs until SIGTERM or Ctrl-C is to end; until it is closed, the process does not end. */
public final class Ending implements AutoCloseable {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private Ending() {}

    /** From now on this process ends in order. */
    public static Ending ofThisProcess() {
        Ending ending = new Ending();
        Runtime.getRuntime().addShutdownHook(new Thread(ending::askAndWait));
        return ending;
    }

    private void askAndWait() {
        asked.countDown();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until it is asked to end. */
    public void await() throws InterruptedException {
        asked.await();
    }

    /** Waits so long at most; answers whether it was asked to end. */
    public boolean await(long millis) throws InterruptedException {
        return asked.await(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
