package io.prontuario.ha.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What happens, in the order of a clock that stands still while something happens. One thing at a time, so a seed has one history.
 *
 * <p>Most of what happens is an event that does not wait. What may wait, such as an agent's duty that asks the store, is a
 * {@link #start task}: a thread of its own that runs only while it holds the baton. Whoever waits goes on with the events itself, in the
 * middle of its wait, until its own turn comes; the baton changes hands only when another waiting task's turn comes first, or when a
 * second task begins meanwhile. So as long as one task waits at a time, no thread is ever woken (that costs 5 to 50 µs, an event less than one).
 */
final class VirtualTime implements AutoCloseable {
    private static final int MOST_EVENTS = 100_000;
    private static final int MOST_TASKS = 12;

    private final EventQueue queue = new EventQueue();
    private final List<Carrier> carriers = new ArrayList<>();
    private final Deque<Carrier> idle = new ArrayDeque<>();
    private final Carrier driver = new Carrier(Thread.currentThread());
    private final Life outside = new Life("the run");
    private volatile Carrier running = driver;
    private long now;
    private long sequence;
    private long happened;
    private boolean closed;
    private @Nullable Throwable failure;

    VirtualTime() {
        driver.task = new Task(outside, driver);
    }

    /** Something that is to happen. */
    static final class Event {
        private final long nanos;
        private final long sequence;
        private final Life of;
        private final @Nullable Runnable act;
        /** Whose wait ends; null for an act. */
        private final @Nullable Task waiter;

        private final boolean mayWait;
        private boolean cancelled;
        /** Of those of about the same time; kept by the queue. */
        private @Nullable Event next;

        Event(long nanos, long sequence, Life of, @Nullable Runnable act, @Nullable Task waiter, boolean mayWait) {
            this.nanos = nanos;
            this.sequence = sequence;
            this.of = of;
            this.act = act;
            this.waiter = waiter;
            this.mayWait = mayWait;
        }

        void cancel() {
            cancelled = true;
        }

        long nanos() {
            return nanos;
        }

        @Nullable
        Event next() {
            return next;
        }

        void follow(@Nullable Event after) {
            next = after;
        }

        boolean isBefore(Event other) {
            return nanos != other.nanos ? nanos < other.nanos : sequence < other.sequence;
        }
    }

    /** Something that may wait. */
    static final class Task {
        private final Life of;
        private final Carrier carrier;
        private boolean waits;
        private boolean resumed;

        private Task(Life of, Carrier carrier) {
            this.of = of;
            this.carrier = carrier;
        }
    }

    /** A thread that tasks run on. */
    private static final class Carrier {
        private final Thread thread;
        /** What waits on its stack. */
        private @Nullable Task task;

        private @Nullable Event given;

        private Carrier(Thread thread) {
            this.thread = thread;
        }
    }

    /** Ends a task whose process was killed. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("its process was killed", null, false, false);
        }
    }

    long now() {
        return now;
    }

    /** How many events there have been. */
    long happened() {
        return happened;
    }

    /** Something that does not wait, after so many nanoseconds. */
    Event after(Life of, long nanos, Runnable act) {
        return add(now + Math.max(0, nanos), of, act, null, false);
    }

    /** Something that may wait. */
    void start(Life of, Runnable act) {
        add(now, of, act, null, true);
    }

    private Event add(long nanos, Life of, @Nullable Runnable act, @Nullable Task waiter, boolean mayWait) {
        Event event = new Event(nanos, sequence++, of, act, waiter, mayWait);
        queue.add(event);
        if (queue.size() > MOST_EVENTS) {
            fail(new IllegalStateException(MOST_EVENTS + " things are about to happen: something multiplies"));
        }
        return event;
    }

    /** Lets the task that calls wait. */
    void sleep(long nanos) {
        if (nanos > 0) {
            Task me = current();
            add(now + nanos, me.of, null, me, false);
            await(me);
        }
    }

    /** Lets the task that calls wait for an answer. */
    <T> T await(CompletableFuture<T> answer) {
        if (!answer.isDone()) {
            Task me = current();
            var unused = answer.whenComplete((value, late) -> add(now, me.of, null, me, false));
            await(me);
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private Task current() {
        Task task = running.task;
        if (task == null || Thread.currentThread() != running.thread) {
            throw new IllegalStateException("only a task may wait");
        }
        return task;
    }

    private void await(Task me) {
        me.of.waiting.add(me);
        me.waits = true;
        if (me.of.waiting.size() > MOST_TASKS) {
            fail(new IllegalStateException(me.of + " has " + MOST_TASKS + " threads that wait: something multiplies"));
        }
        try {
            while (!me.resumed) {
                step(me.carrier);
            }
        } finally {
            me.of.waiting.remove(me);
            me.waits = false;
        }
        me.resumed = false;
        if (closed || me.of.dead()) {
            throw new Killed();
        }
    }

    /** A process ends with everything that it is about to do. */
    void kill(Life process) {
        process.die();
        process.waiting.forEach(task -> add(now, outside, null, task, false));
    }

    /**
     * Lets happen what happens until then.
     *
     * @throws Broken when something went wrong that must not
     */
    void runUntil(long nanos) {
        Task me = driver.task;
        if (me == null) {
            throw new IllegalStateException("a run is driven by one thread");
        }
        add(nanos, outside, null, me, false);
        await(me);
        if (failure != null) {
            throw failure instanceof Broken broken ? broken : new Broken(failure.toString(), failure);
        }
    }

    /** Something that must never be has come about: the run ends with it, whoever was at work. */
    void fail(Throwable what) {
        if (failure == null) {
            failure = what;
        }
    }

    private void step(Carrier mine) {
        if (failure != null || closed) {
            end(mine);
            return;
        }
        Event event = queue.poll();
        if (event == null) {
            throw new IllegalStateException("nothing is about to happen");
        }
        if (event.cancelled || (event.waiter == null ? event.of.dead() : !event.waiter.waits)) {
            // What a task waited for that was killed comes all the same; its thread may be at something else by then.
            return;
        }
        if (event.of.stoppedUntil() > event.nanos && !event.of.dead()) {
            add(event.of.stoppedUntil(), event.of, event.act, event.waiter, event.mayWait);
            return;
        }
        if (event.nanos < now) {
            fail(new IllegalStateException("time goes back from " + now + " to " + event.nanos));
        }
        now = event.nanos;
        happened++;
        Task waiter = event.waiter;
        if (waiter != null) {
            waiter.resumed = true;
            if (waiter.carrier != mine) {
                handOver(mine, waiter.carrier);
            }
        } else if (!event.mayWait) {
            carryOut(event);
        } else if (mine.task == null) {
            runTask(mine, event);
        } else {
            Carrier other = idle.isEmpty() ? newCarrier() : idle.pop();
            other.given = event;
            handOver(mine, other);
        }
    }

    private void carryOut(Event event) {
        try {
            if (event.act != null) {
                event.act.run();
            }
        } catch (Throwable t) {
            fail(t);
        }
    }

    private void runTask(Carrier mine, Event event) {
        mine.task = new Task(event.of, mine);
        try {
            if (event.act != null) {
                event.act.run();
            }
        } catch (Killed e) {
            // As it was meant.
            return;
        } catch (Throwable t) {
            fail(t);
        } finally {
            mine.task = null;
        }
    }

    /** The driver tells what went wrong; the others end. */
    private void end(Carrier mine) {
        if (closed) {
            throw new Killed();
        }
        Task task = driver.task;
        if (task != null) {
            task.resumed = true;
        }
        if (mine != driver) {
            handOver(mine, driver);
        }
    }

    private Carrier newCarrier() {
        Carrier[] made = new Carrier[1];
        Thread thread = new Thread(() -> carry(made[0]), "simulated-" + carriers.size());
        thread.setDaemon(true);
        made[0] = new Carrier(thread);
        carriers.add(made[0]);
        thread.start();
        return made[0];
    }

    private void carry(Carrier mine) {
        try {
            awaitBaton(mine);
            while (true) {
                Event given = mine.given;
                mine.given = null;
                if (given != null) {
                    runTask(mine, given);
                } else {
                    step(mine);
                }
            }
        } catch (Killed e) {
            // The run is over.
            return;
        }
    }

    private void handOver(Carrier from, Carrier to) {
        if (from.task == null) {
            idle.push(from);
        }
        running = to;
        LockSupport.unpark(to.thread);
        awaitBaton(from);
    }

    private void awaitBaton(Carrier mine) {
        while (running != mine) {
            LockSupport.park(this);
        }
        if (closed && mine != driver) {
            throw new Killed();
        }
    }

    /** Ends all threads, one after the other. */
    @Override
    public void close() {
        closed = true;
        for (Carrier carrier : carriers) {
            running = carrier;
            LockSupport.unpark(carrier.thread);
            try {
                carrier.thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        running = driver;
    }
}
