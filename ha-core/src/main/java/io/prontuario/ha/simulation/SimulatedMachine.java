package io.prontuario.ha.simulation;

import io.prontuario.ha.engine.Machine;
import io.prontuario.ha.engine.Switchboard;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.Ticker;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What one agent's engine runs on: its threads are tasks, its clock is virtual and may run fast or slow. */
final class SimulatedMachine implements Machine {
    private static final int PER_MILLE = 1000;
    private static final long SECOND = 1_000_000_000;
    private static final int MOST_ACTS_A_SECOND = 60;

    private final VirtualTime time;
    private final Life process;
    private final Chance chance;
    private final Memory memory;
    private final AuditHead auditHead;
    private final Switchboard switchboard;
    private final long rate;
    private final BooleanSupplier calm;

    /**
     * @param rate how fast its clock runs, in thousandths
     * @param calm whether a loop that nobody has woken would find what it found the last time
     */
    SimulatedMachine(
            VirtualTime time,
            Life process,
            Chance chance,
            Memory memory,
            AuditHead auditHead,
            Switchboard switchboard,
            long rate,
            BooleanSupplier calm) {
        this.time = time;
        this.process = process;
        this.chance = chance;
        this.memory = memory;
        this.auditHead = auditHead;
        this.switchboard = switchboard;
        this.rate = rate;
        this.calm = calm;
    }

    Ticker ticker() {
        return () -> time.now() / PER_MILLE * rate;
    }

    private long nanos(Duration own) {
        return own.toNanos() / rate * PER_MILLE;
    }

    /** Until a thread that has something to do gets a processor. */
    private long scheduled() {
        return chance.between(10_000, 200_000);
    }

    @Override
    public Loop loop(String name, Duration beat, Runnable step) {
        return new Loop() {
            private VirtualTime.@Nullable Event next;
            private boolean soon;
            private boolean ended;

            @Override
            public void start() {
                again(scheduled());
            }

            private void again(long nanos) {
                next = time.after(process, nanos, this::step);
            }

            private void step() {
                boolean woken = soon;
                soon = false;
                next = null;
                if (woken || !calm.getAsBoolean()) {
                    step.run();
                }
                if (next == null && !ended) {
                    again(nanos(beat));
                }
            }

            @Override
            public void wake() {
                if (soon || ended) {
                    return;
                }
                soon = true;
                if (next != null) {
                    next.cancel();
                }
                again(scheduled());
            }

            @Override
            public void end(Duration limit) {
                ended = true;
                if (next != null) {
                    next.cancel();
                }
            }
        };
    }

    @Override
    public Worker worker(String name, int most) {
        return new Worker() {
            private final Deque<Runnable> waiting = new ArrayDeque<>();
            private boolean busy;
            private boolean closed;
            private long second;
            private int times;
            private final CompletableFuture<Void> ended = new CompletableFuture<>();

            @Override
            public boolean execute(Runnable act) {
                if (closed || waiting.size() > most) {
                    return false;
                }
                waiting.add(act);
                if (!busy) {
                    busy = true;
                    time.start(process, this::run);
                }
                return true;
            }

            /** An act that ends at once, wakes the loop and is decided again would keep a processor busy. */
            private void notTooOften() {
                long present = time.now() / SECOND;
                times = present == second ? times + 1 : 1;
                second = present;
                if (times > MOST_ACTS_A_SECOND) {
                    time.fail(new Broken(process + " began more than " + MOST_ACTS_A_SECOND + " acts on " + name
                            + " within a second"));
                }
            }

            private void run() {
                notTooOften();
                for (Runnable act = waiting.poll(); act != null; act = waiting.poll()) {
                    act.run();
                }
                busy = false;
                if (closed) {
                    ended.complete(null);
                }
            }

            @Override
            public void close(Duration limit) {
                closed = true;
                if (busy && !limit.isZero()) {
                    var unused = time.await(
                            atMost(ended.thenApply(any -> true), limit).exceptionally(late -> false));
                }
            }
        };
    }

    @Override
    public void start(String name, Runnable act) {
        time.start(process, act);
    }

    @Override
    public void pause(Duration pause) {
        time.sleep(nanos(pause));
    }

    @Override
    public <T> CompletableFuture<T> atMost(CompletableFuture<T> answer, Duration limit) {
        if (!answer.isDone()) {
            VirtualTime.Event late = time.after(
                    process, nanos(limit), () -> answer.completeExceptionally(new TimeoutException("no answer")));
            var unused = answer.whenComplete((value, failure) -> late.cancel());
        }
        return answer;
    }

    @Override
    public String uniqueId() {
        return chance.hexId();
    }

    @Override
    public Memory memory(Path folder) {
        return memory;
    }

    @Override
    public AuditHead auditHead(Path folder) {
        return auditHead;
    }

    /** Guards belong to real calls: a made-up strategy ends in time by itself. */
    @Override
    public Guard guard(FailoverStrategy strategy) {
        return new Guard() {
            @Override
            public String name() {
                return strategy.name();
            }

            @Override
            public Participation participation(TransitionKind kind) {
                return strategy.participation(kind);
            }

            @Override
            public Outcome prepare(StepRequest request) {
                return strategy.prepare(request);
            }

            @Override
            public Outcome isolate(StepRequest request) {
                return strategy.isolate(request);
            }

            @Override
            public Outcome enable(StepRequest request) {
                return strategy.enable(request);
            }

            @Override
            public Outcome carryOut(StepRequest request) {
                return switch (request.step().verb()) {
                    case ISOLATE -> strategy.isolate(request);
                    case ENABLE -> strategy.enable(request);
                    case REJOIN -> strategy.rejoin(request);
                };
            }

            @Override
            public Outcome reconcile(ClusterState state, boolean attended) {
                return attended ? strategy.reconcile(state) : strategy.reconcileUnattended(state);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Switchboard switchboard() {
        return switchboard;
    }

    @Override
    public Optional<InetAddress> localHost() {
        return Optional.empty();
    }
}
