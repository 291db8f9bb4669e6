package io.prontuario.ha.gcp;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gives every call a limit that holds whatever the call hangs in: a name that does not resolve, an answer that trickles, a token that does
 * not come. A call that outlasts it is left alone on its thread; of those there are {@value #MOST} at most.
 */
final class Bounded implements AutoCloseable {
    private static final int MOST = 4;

    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, MOST, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread made = new Thread(task, "prontuario-gcp-call");
                made.setDaemon(true);
                return made;
            });

    /**
     * The call's answer or its own exception.
     *
     * @throws CloudException when it was not begun, or has not ended in time
     */
    <T> T call(Call call, Deadline deadline, Callable<T> task) throws Exception {
        Future<T> running;
        try {
            running = threads.submit(task);
        } catch (RejectedExecutionException e) {
            throw new CloudException(Failures.unanswered(call, MOST + " earlier calls still hang", false), e);
        }
        long millis = deadline.left().toMillis();
        try {
            return running.get(Math.max(1, millis), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            running.cancel(true);
            throw new CloudException(Failures.unanswered(call, "within " + millis + " ms", true), e);
        } catch (InterruptedException e) {
            running.cancel(true);
            Thread.currentThread().interrupt();
            throw new CloudException(Failures.unanswered(call, "interrupted", true), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
