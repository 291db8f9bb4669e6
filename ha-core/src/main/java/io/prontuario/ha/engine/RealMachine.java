package io.prontuario.ha.engine;

import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Fencer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Daemon threads of this process, its clock, its files, HTTP. */
final class RealMachine implements Machine {
    private final Switchboard switchboard = new HttpSwitchboard();

    @Override
    public Loop loop(String name, Duration beat, Runnable step) {
        return new ThreadLoop(name, beat, step);
    }

    @Override
    public Worker worker(String name, int most) {
        return new ThreadWorker(name, most);
    }

    @Override
    public void start(String name, Runnable act) {
        daemon(name, act).start();
    }

    private static Thread daemon(String name, Runnable act) {
        Thread thread = new Thread(act, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    @Override
    public <T> CompletableFuture<T> atMost(CompletableFuture<T> answer, Duration limit) {
        return answer.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public String uniqueId() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    @Override
    public Memory memory(Path folder) {
        return new MemoryFile(folder);
    }

    @Override
    public AuditHead auditHead(Path folder) {
        return new AuditHeadFile(folder);
    }

    @Override
    public Guard guard(FailoverStrategy strategy) {
        return new GuardedStrategy(strategy);
    }

    @Override
    public Fencer guard(Fencer fencer) {
        return new GuardedFencer(fencer);
    }

    @Override
    public Switchboard switchboard() {
        return switchboard;
    }

    @Override
    public Optional<InetAddress> localHost() {
        try {
            return Optional.of(InetAddress.getLocalHost());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static final class ThreadLoop implements Loop {
        private final Semaphore woken = new Semaphore(0);
        private final Duration beat;
        private final Runnable step;
        private final Thread thread;
        private volatile boolean ended;

        ThreadLoop(String name, Duration beat, Runnable step) {
            this.beat = beat;
            this.step = step;
            this.thread = daemon(name, this::run);
        }

        @Override
        public void start() {
            thread.start();
        }

        @Override
        public void wake() {
            woken.release();
        }

        private void run() {
            while (!ended) {
                step.run();
                try {
                    boolean early = woken.tryAcquire(beat.toMillis(), TimeUnit.MILLISECONDS);
                    if (early) {
                        woken.drainPermits();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }

        @Override
        public void end(Duration limit) {
            ended = true;
            wake();
            try {
                thread.join(limit.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class ThreadWorker implements Worker {
        private final ThreadPoolExecutor thread;

        ThreadWorker(String name, int most) {
            thread = new ThreadPoolExecutor(
                    1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(most), task -> daemon(name, task));
        }

        @Override
        public boolean execute(Runnable act) {
            try {
                thread.execute(act);
                return true;
            } catch (RejectedExecutionException e) {
                return false;
            }
        }

        @Override
        public void close(Duration limit) {
            thread.shutdown();
            try {
                if (!limit.isZero() && !thread.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    thread.shutdownNow();
                }
            } catch (InterruptedException e) {
                thread.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
    }
}
