package io.prontuario.ha.examples.drill;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Asks the nodes as a proxy does, and notes for how long none of them was the primary that clients may use. */
final class PrimaryWatch implements AutoCloseable {
    private static final int LIMIT_MILLIS = 200;
    private static final long EVERY_MILLIS = 20;

    private final List<String> addresses;
    private final AtomicLong longestNanos = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean served;

    PrimaryWatch(List<String> addresses) {
        this.addresses = List.copyOf(addresses);
        this.thread = new Thread(this::watch, "drill-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        long last = System.nanoTime();
        String expected = addresses.get(0);
        while (!closed) {
            String now = serving(expected);
            long at = System.nanoTime();
            if (!now.isEmpty()) {
                longestNanos.accumulateAndGet(served ? at - last : 0, Math::max);
                served = true;
                last = at;
                expected = now;
            }
            try {
                Thread.sleep(EVERY_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** The one that served last is asked first, so that mostly one question is enough. */
    private String serving(String first) {
        if (serves(first)) {
            return first;
        }
        return addresses.stream()
                .filter(one -> !one.equals(first))
                .filter(PrimaryWatch::serves)
                .findFirst()
                .orElse("");
    }

    private static boolean serves(String address) {
        try {
            HttpURLConnection question = (HttpURLConnection)
                    URI.create("http://" + address + "/primary").toURL().openConnection();
            question.setConnectTimeout(LIMIT_MILLIS);
            question.setReadTimeout(LIMIT_MILLIS);
            return question.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    /** The longest time between two answers of a primary; the pause between two questions is in it. */
    Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
