package io.prontuario.ha.examples.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AccountTest {
    private static Acknowledgement by(int port, long epoch, long nanos) {
        return new Acknowledgement(nanos, port, "7", 1, epoch, nanos - 1, nanos);
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

    private static Acknowledgement sent(int port, long epoch, long sent, long answered) {
        return new Acknowledgement(sent, port, "7", 1, epoch, sent, answered);
    }

    @Test
    void findsWhatWasSentToADeposedServerWhenItsSuccessorHadAnsweredAlready() {
        Acknowledgement twice = sent(1, 1, 21, 30);

        assertEquals(
                List.of(twice), Account.sentToADeposedServer(List.of(twice, sent(2, 2, 15, 20), sent(1, 1, 5, 10))));
    }

    @Test
    void anAnswerThatWasLongUnderWayBrokeNoPromise() {
        assertEquals(
                List.of(),
                Account.sentToADeposedServer(List.of(sent(1, 1, 5, 40), sent(2, 2, 15, 20), sent(2, 2, 25, 30))));
    }
}
