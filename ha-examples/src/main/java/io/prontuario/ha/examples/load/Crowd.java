package io.prontuario.ha.examples.load;

import io.prontuario.ha.examples.local.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Users who read and write, each over a way of his own, and keep how every request went. */
final class Crowd {
    /** Beyond what any request may take, and a busy machine. */
    private static final Duration LAST_REQUEST = Duration.ofSeconds(60);

    private final Mix mix;
    private final Pulse pulse;
    private final AtomicLong nextId = new AtomicLong();
    private final AtomicIntegerArray served;
    private final List<Thread> threads = new ArrayList<>();
    private final List<List<Visit>> visits = new ArrayList<>();
    private final List<Way> ways = new ArrayList<>();
    private volatile boolean stopping;

    /**
     * Starts them.
     *
     * @param pulse told each request as it ends
     */
    Crowd(Mix mix, long seed, Pulse pulse, IntFunction<Way> way) {
        this.mix = mix;
        this.pulse = pulse;
        this.served = new AtomicIntegerArray(mix.users());
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < mix.users(); i++) {
            int user = i;
            List<Visit> own = new ArrayList<>();
            Way his = way.apply(user);
            SplittableRandom dice = random.split();
            visits.add(own);
            ways.add(his);
            Thread thread = new Thread(() -> run(user, his, dice, own), "user-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    private void run(int user, Way way, SplittableRandom dice, List<Visit> own) {
        try (way) {
            pauses(dice);
            long known = 0;
            while (!stopping) {
                // Somebody has to have written something before it can be read.
                boolean write = known == 0 || dice.nextInt(100) < mix.writesPercent();
                long id = write ? nextId.incrementAndGet() : known;
                long from = System.nanoTime();
                Answer answer = write ? way.write(id, user) : way.read(id);
                Visit visit = new Visit(id, write, from, System.nanoTime(), answer);
                own.add(visit);
                pulse.beat(visit);
                if (visit.served()) {
                    known = id;
                    served.incrementAndGet(user);
                }
                pauses(dice);
            }
        }
    }

    /** Between half and one and a half of it, so that they do not come in step. */
    private void pauses(SplittableRandom dice) {
        long pause = mix.pause().toNanos();
        if (pause > 0) {
            LockSupport.parkNanos(pause / 2 + dice.nextLong(pause));
        }
    }

    /** Waits until everybody has been served so many more times. */
    void awaitEach(int more, Duration limit) {
        int[] wanted = IntStream.range(0, mix.users())
                .map(user -> served.get(user) + more)
                .toArray();
        Waiting.until(
                limit,
                "each of " + wanted.length + " users is served " + more + " more times",
                () -> IntStream.range(0, wanted.length).allMatch(user -> served.get(user) >= wanted[user]));
    }

    /** Lets everybody end his request; answers how many did not. */
    int end() throws InterruptedException {
        stopping = true;
        long until = System.nanoTime() + LAST_REQUEST.toNanos();
        int stuck = 0;
        for (Thread thread : threads) {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1_000_000, until - System.nanoTime()));
            if (thread.isAlive()) {
                stuck++;
            }
        }
        return stuck;
    }

    /** Each user's requests in order, once all have ended. */
    List<List<Visit>> visits() {
        return List.copyOf(visits);
    }

    /** How many connections the unluckiest user has lost. */
    int mostReconnects() {
        return ways.stream().mapToInt(Way::reconnects).max().orElse(0);
    }
}
