package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds those who want a connection while the primary moves, first come first served, and lets them go in a ramp: a crowd let loose at
 * once on a fresh primary waits longer than one that is let in at the pace of the pool. Any thread.
 *
 * <p>A hold ends by itself after its limit, whoever should have ended it: then everybody goes on as without one.
 */
final class HoldGate {
    private static final Duration STEP = Duration.ofMillis(2);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final int pace;
    private final Duration limit;
    private final Ticker ticker;
    private final Queue<CountDownLatch> waiting = new ArrayDeque<>();
    private volatile boolean shut;
    private volatile boolean holding;
    private String reason = "";
    private long until;
    private long heldCount;
    /** How many of those who waited when the hold ended have not been let go. */
    private int ahead;

    private long heldNanos;
    private long longestNanos;

    /**
     * An open gate.
     *
     * @param pace how many are let go at a time
     * @param limit how long a hold lasts at most
     */
    HoldGate(int pace, Duration limit, Ticker ticker) {
        this.pace = pace;
        this.limit = limit;
        this.ticker = ticker;
    }

    /** Holds everybody from now on; answers whether it does: not any more when this reason has held for longer than the limit. */
    boolean hold(String why) {
        synchronized (this) {
            if (!why.equals(reason)) {
                reason = why;
                until = ticker.nanos() + limit.toNanos();
                holding = true;
                shut = true;
            }
        }
        expire();
        return holding;
    }

    /** Lets everybody go who waits, in the calling thread; those who come meanwhile queue behind them. Answers whether it held. */
    boolean release() {
        boolean held = end();
        letGo();
        return held;
    }

    /** Holds nobody any more, and lets nobody go yet. */
    synchronized boolean end() {
        boolean held = !reason.isEmpty();
        reason = "";
        holding = false;
        ahead = waiting.size();
        return held;
    }

    private void expire() {
        synchronized (this) {
            if (!holding || ticker.nanos() - until < 0) {
                return;
            }
            holding = false;
            ahead = waiting.size();
        }
        letGo();
    }

    private void letGo() {
        while (letSomeGo()) {
            LockSupport.parkNanos(STEP.toNanos());
        }
    }

    /**
     * Lets the first ones go, as many as its pace says; answers whether others wait. Those who came after the end of the hold go all at once
     * when the held ones have gone: a crowd that comes back as fast as it is let go would otherwise queue for ever, and keep whoever lets it
     * go from the next hold.
     */
    synchronized boolean letSomeGo() {
        if (holding) {
            return false;
        }
        for (int i = 0; i < pace && !waiting.isEmpty(); i++) {
            waiting.remove().countDown();
            ahead--;
        }
        while (ahead <= 0 && !waiting.isEmpty()) {
            waiting.remove().countDown();
        }
        shut = !waiting.isEmpty();
        return shut;
    }

    /** Whether those who come now have to queue: it holds, or those who came before are being let go. */
    boolean isShut() {
        return shut;
    }

    /** Whether nobody is let go. */
    boolean isHolding() {
        return holding;
    }

    /** Waits until it may pass. */
    void pass() throws InterruptedException {
        CountDownLatch turn = new CountDownLatch(1);
        long began = ticker.nanos();
        synchronized (this) {
            if (!shut) {
                return;
            }
            waiting.add(turn);
        }
        try {
            while (!turn.await(nextLook(), TimeUnit.NANOSECONDS)) {
                expire();
            }
        } finally {
            passed(turn, ticker.nanos() - began);
        }
    }

    private synchronized long nextLook() {
        return holding ? Math.max(0, until - ticker.nanos()) : LOOK.toNanos();
    }

    private synchronized void passed(CountDownLatch turn, long nanos) {
        waiting.remove(turn);
        heldCount++;
        heldNanos += nanos;
        longestNanos = Math.max(longestNanos, nanos);
    }

    /**
     * What it has done so far.
     *
     * @param waiting how many are held at this moment
     * @param count how many have been
     * @param total how long, all together
     * @param longest how long the longest of them
     */
    record Account(int waiting, long count, Duration total, Duration longest) {}

    synchronized Account account() {
        return new Account(waiting.size(), heldCount, Duration.ofNanos(heldNanos), Duration.ofNanos(longestNanos));
    }
}
