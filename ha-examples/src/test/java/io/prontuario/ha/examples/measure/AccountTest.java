package io.prontuario.ha.examples.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AccountTest {
    private static Acknowledgement by(int port, long epoch, long nanos) {
        return new Acknowledgement(nanos, port, "7", 1, epoch, nanos);
    }

    @Test
    void findsAnAcknowledgementOfADeposedServerAfterOneOfItsSuccessor() {
        Acknowledgement late = by(1, 1, 30);

        assertEquals(List.of(late), Account.doubly(List.of(by(1, 1, 10), by(2, 2, 20), late, by(2, 2, 40))));
    }

    @Test
    void countsNothingWhenOneServerFollowsTheOther() {
        assertEquals(List.of(), Account.doubly(List.of(by(1, 1, 10), by(2, 2, 20), by(2, 2, 30), by(1, 3, 40))));
    }

    @Test
    void goesByTimeNotByTheOrderOfTheLedger() {
        Acknowledgement late = by(1, 1, 30);

        assertEquals(List.of(late), Account.doubly(List.of(late, by(2, 2, 20))));
    }
}
