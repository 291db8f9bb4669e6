package io.prontuario.ha.examples.measure;

import io.prontuario.ha.examples.local.Waiting;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Users who write as fast as they can, each through a door of his own, and keep how every request went. */
public final class Users implements AutoCloseable {
    /** Of those who wait in vain. */
    private static final int SHOWN = 3;

    private final AtomicLong nextId = new AtomicLong();
    private final AtomicIntegerArray acknowledged;
    private final AtomicReferenceArray<String> lastFailures;
    private final AtomicInteger mostReconnects = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private final List<List<Request>> requests = new ArrayList<>();
    private volatile boolean stopping;

    /** Starts them. */
    public Users(int count, IntFunction<Door> doors) {
        acknowledged = new AtomicIntegerArray(count);
        lastFailures = new AtomicReferenceArray<>(count);
        for (int i = 0; i < count; i++) {
            int user = i;
            List<Request> own = new ArrayList<>();
            requests.add(own);
            Thread thread = new Thread(() -> run(doors.apply(user), user, own), "user-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void run(Door door, int user, List<Request> own) {
        try (door) {
            while (!stopping) {
                long id = nextId.incrementAndGet();
                long from = System.nanoTime();
                String failure = "";
                try {
                    door.write(id, user);
                    acknowledged.incrementAndGet(user);
                } catch (SQLException e) {
                    failure = e.getSQLState() + " " + e.getMessage();
                } catch (IOException e) {
                    failure = "HTTP " + e.getMessage();
                }
                if (!failure.isEmpty()) {
                    lastFailures.set(user, failure);
                }
                own.add(new Request(id, from, System.nanoTime(), failure));
            }
            mostReconnects.accumulateAndGet(door.reconnects(), Math::max);
        }
    }

    /** Waits until every one of them has been acknowledged so many more requests. */
    public void awaitEach(int more, Duration limit) {
        int[] wanted = IntStream.range(0, acknowledged.length())
                .map(user -> acknowledged.get(user) + more)
                .toArray();
        try {
            Waiting.until(
                    limit,
                    "each of " + wanted.length + " users is acknowledged " + more + " more requests",
                    () -> behind(wanted).findAny().isEmpty());
        } catch (IllegalStateException e) {
            throw new IllegalStateException(e.getMessage() + ": " + describe(behind(wanted)), e);
        }
    }

    private IntStream behind(int[] wanted) {
        return IntStream.range(0, wanted.length).filter(user -> acknowledged.get(user) < wanted[user]);
    }

    private String describe(IntStream users) {
        int[] all = users.toArray();
        return all.length + " are not"
                + Arrays.stream(all)
                        .limit(SHOWN)
                        .mapToObj(user -> "; user " + user + (threads.get(user).isAlive() ? "" : " has ended and")
                                + " failed last with " + Objects.requireNonNullElse(lastFailures.get(user), "nothing"))
                        .collect(Collectors.joining());
    }

    /** Lets every user finish; answers each one's requests in order. */
    public List<List<Request>> end() {
        close();
        return List.copyOf(requests);
    }

    /** The most that one of them had to connect anew, after their end. */
    public int mostReconnects() {
        return mostReconnects.get();
    }

    @Override
    public void close() {
        stopping = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
