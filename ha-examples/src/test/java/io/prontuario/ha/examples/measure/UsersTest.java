package io.prontuario.ha.examples.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class UsersTest {
    /** Lets everybody in, or nobody, who hears why. */
    private record FakeDoor(boolean open) implements Door {
        @Override
        public void write(long id, int user) throws SQLException {
            LockSupport.parkNanos(1_000_000);
            if (!open) {
                throw new SQLException("the gate is shut", "08001");
            }
        }

        @Override
        public int reconnects() {
            return 0;
        }

        @Override
        public void close() {}
    }

    @Test
    void whoWaitsInVainIsNamedWithWhatHeHeardLast() {
        try (Users users = new Users(3, user -> new FakeDoor(user != 1))) {
            IllegalStateException thrown =
                    assertThrows(IllegalStateException.class, () -> users.awaitEach(1, Duration.ofMillis(300)));

            assertTrue(thrown.getMessage().contains("in vain"), thrown.getMessage());
            assertTrue(
                    thrown.getMessage().endsWith(": 1 are not; user 1 failed last with 08001 the gate is shut"),
                    thrown.getMessage());
        }
    }

    @Test
    void everybodyIsWaitedFor() {
        try (Users users = new Users(3, user -> new FakeDoor(true))) {
            users.awaitEach(10, Duration.ofSeconds(20));

            assertEquals(3, users.end().size());
        }
    }
}
