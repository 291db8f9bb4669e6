package io.prontuario.ha.haproxy;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Reads one proxy's check results on a beat of its own, on a thread of its own, so that what it sees can be told at any moment without
 * asking anybody. Finds out by the way whether the proxy answers at all.
 */
final class CheckWatch implements AutoCloseable {
    static final Duration BEAT = Duration.ofMillis(150);
    private static final Duration CLOSE = Duration.ofMillis(500);

    private final RuntimeApi api;
    private final String question;
    private final Duration limit;
    private final Patience patience;
    private final Ticker ticker;
    private final Runnable wake;
    private final Thread thread;
    private volatile Map<String, CheckHistory> histories;
    private volatile boolean closed;
    /** Of its own thread: whether the proxy answered the last question. */
    private boolean reached;

    /**
     * @param servers whose checks to read
     * @param interval the checks' interval in the proxy's configuration
     * @param limit how long one reading may take; a late one proves that the proxy answers, though it is not believed
     * @param patience told whether the proxy answers
     * @param wake called when an answer has changed, and when the proxy is back: one that was restarted has forgotten all it was told
     */
    CheckWatch(
            RuntimeApi api,
            String backend,
            Collection<String> servers,
            Duration interval,
            Duration limit,
            Patience patience,
            Ticker ticker,
            Runnable wake) {
        this.api = api;
        this.question = "show stat " + backend + " 4 -1";
        this.limit = limit;
        this.patience = patience;
        this.ticker = ticker;
        this.wake = wake;
        Map<String, CheckHistory> first = new HashMap<>();
        servers.forEach(server -> first.put(server, CheckHistory.start(interval, BEAT)));
        this.histories = Map.copyOf(first);
        this.thread = new Thread(this::run, "prontuario-haproxy-watch");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    RuntimeAddress address() {
        return api.address();
    }

    /** What the check of a server tells of its host now. Answers from memory. */
    CheckHistory.Seen seen(String server) {
        CheckHistory history = histories.get(server);
        return history == null
                ? new CheckHistory.Seen(Answer.UNKNOWN, CheckHistory.NEVER)
                : history.seen(ticker.nanos());
    }

    private void run() {
        while (!closed) {
            look();
            LockSupport.parkNanos(BEAT.toNanos());
        }
    }

    private void look() {
        Map<String, CheckHistory> before = histories;
        Map<String, CheckHistory> after = new HashMap<>(before);
        long asked = ticker.nanos();
        boolean reachedBefore = reached;
        try {
            List<ServerStat> stats = ServerStat.parse(api.send(question, limit));
            long answered = ticker.nanos();
            stats.forEach(stat ->
                    after.computeIfPresent(stat.server(), (name, history) -> history.read(asked, answered, stat)));
            patience.answered();
            reached = true;
        } catch (HaproxyException e) {
            // Told by the reconciler, which asks the same proxy.
            reached = false;
            after.replaceAll((name, history) -> history.unanswered());
            if (e.away()) {
                patience.away(e);
            } else {
                patience.answered();
            }
        }
        histories = Map.copyOf(after);
        boolean back = reached && !reachedBefore;
        boolean changed = back || !answers(after).equals(answers(before));
        if (changed && !closed) {
            wake.run();
        }
    }

    private static Map<String, Answer> answers(Map<String, CheckHistory> histories) {
        return histories.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, one -> one.getValue().answer()));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
