package io.prontuario.ha.postgres.pool;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What is borrowed at this moment, so that whoever waits for it can say what he waits for. Any thread. */
final class InFlight {
    private final Map<Borrower, Loan> loans = new ConcurrentHashMap<>();

    private record Loan(String thread, long nanos) {}

    void began(Borrower connection, long nanos) {
        loans.put(connection, new Loan(Thread.currentThread().getName(), nanos));
    }

    void ended(Borrower connection) {
        loans.remove(connection);
    }

    int count() {
        return loans.size();
    }

    /** The oldest loan in words. */
    Optional<String> longest(long nowNanos) {
        return loans.values().stream()
                .min((one, other) -> Long.compare(one.nanos() - other.nanos(), 0))
                .map(loan -> "thread '" + loan.thread() + "' has held a connection for "
                        + Duration.ofNanos(nowNanos - loan.nanos()).toMillis() + " ms");
    }
}
