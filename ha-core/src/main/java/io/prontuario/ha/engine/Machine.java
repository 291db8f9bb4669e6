package io.prontuario.ha.engine;

import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Fencer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.StepRequest;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What an engine runs on: threads, timers, waits, chance, a small file and the way to other nodes. It is {@link #real} in production; in a
 * simulation all of it is made up and time is virtual, and the engine cannot tell.
 */
public interface Machine {
    /** The machine that this process runs on. */
    static Machine real() {
        return new RealMachine();
    }

    /** Runs {@code step} again and again once it is started: when it is woken, and at the latest a {@code beat} after the last time. */
    Loop loop(String name, Duration beat, Runnable step);

    /**
     * A thread that does one thing after the other, and keeps no process alive.
     *
     * @param most how many things may wait for it
     */
    Worker worker(String name, int most);

    /** Runs something that may wait for long, on a thread of its own. */
    void start(String name, Runnable act);

    /** Lets the calling thread wait; not at all when the time is not positive. */
    void pause(Duration time);

    /** The same answer, which fails with a {@link java.util.concurrent.TimeoutException} when there is none within the limit. */
    <T> CompletableFuture<T> atMost(CompletableFuture<T> answer, Duration limit);

    /** A short id that nothing else bears. */
    String uniqueId();

    /** Where an engine with this folder remembers what it has obeyed. */
    Memory memory(Path folder);

    /** Where an engine with this folder remembers the end of the audit trail. */
    AuditHead auditHead(Path folder);

    /** A strategy that works from the coordinator, and what keeps its calls within bounds. */
    Guard guard(FailoverStrategy strategy);

    /** Who can fence, and what keeps its calls within bounds. */
    default Fencer guard(Fencer fencer) {
        return fencer;
    }

    /** The way to the other nodes. */
    Switchboard switchboard();

    /** The machine's address as its name server knows it, who may let one wait; empty when it knows none. */
    Optional<InetAddress> localHost();

    /** Something that is done again and again. */
    interface Loop {
        void start();

        /** Any thread: does the next step at once, or once more when one is under way. */
        void wake();

        /** No further step is begun; waits for one that is under way. */
        void end(Duration limit);
    }

    /** Does one thing after the other. */
    interface Worker {
        /** Answers whether it will be done; not when too much waits already, or it was closed. */
        boolean execute(Runnable act);

        /** Takes nothing more; waits for what is under way, and interrupts it after the limit. */
        void close(Duration limit);
    }

    /** What a node remembers over its restarts. */
    interface Memory {
        /** The highest epoch that was obeyed; null when none was. */
        @Nullable
        NodeMemory remembered();

        /**
         * Makes the state's epoch durable; does nothing when it is already.
         *
         * @throws java.io.UncheckedIOException when it cannot
         */
        void remember(ClusterState state);
    }

    /** The end of the audit trail as a node saw it last; kept over its restarts. */
    interface AuditHead {
        /** Empty when it has seen none. */
        Optional<AuditRecord.Head> remembered();

        void remember(AuditRecord.Head head);
    }

    /** A strategy whose calls end in time, however it behaves. */
    interface Guard extends AutoCloseable {
        String name();

        Participation participation(TransitionKind kind);

        /** Whether the step could be done; changes nothing. */
        Outcome prepare(StepRequest request);

        Outcome isolate(StepRequest request);

        Outcome enable(StepRequest request);

        /** The request's step, once and without retries: for steps that are called again anyway. */
        Outcome carryOut(StepRequest request);

        Outcome reconcile(ClusterState state, boolean attended);

        @Override
        void close();
    }
}
