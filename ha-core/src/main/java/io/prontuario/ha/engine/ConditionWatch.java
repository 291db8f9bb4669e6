package io.prontuario.ha.engine;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.ServerCondition;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The condition of this node's server, with a way to wait until it is another one. Any thread. */
final class ConditionWatch {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Word word = new Word(ServerCondition.UNKNOWN, null);

    /**
     * What an agent says of its server when it is asked directly.
     *
     * @param condition its condition
     * @param copy the copy of the data that it is about; null when there is none
     */
    record Word(ServerCondition condition, @Nullable Copy copy) {}

    void set(DataStatus status) {
        lock.lock();
        try {
            word = new Word(status.condition(), status.copy());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The word as soon as its condition is not called {@code seen}, or after the limit. */
    Word awaitOther(String seen, Duration limit) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (word.condition().name().equals(seen) && left > 0) {
                left = changed.awaitNanos(left);
            }
            return word;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return word;
        } finally {
            lock.unlock();
        }
    }
}
