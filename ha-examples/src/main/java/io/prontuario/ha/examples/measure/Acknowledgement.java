package io.prontuario.ha.examples.measure;

/**
 * A write that a server said it has done. Who said it comes from the transaction itself.
 *
 * @param id the row's id
 * @param port the server's port
 * @param systemIdentifier the server's system identifier
 * @param timeline the timeline on which it was written
 * @param epoch the replicated row of the epoch, as the transaction saw it
 * @param nanos when the answer arrived, by this process's monotonic clock
 */
public record Acknowledgement(long id, int port, String systemIdentifier, int timeline, long epoch, long nanos) {
    String line() {
        return id + "," + port + "," + systemIdentifier + "," + timeline + "," + epoch + "," + nanos + "\n";
    }
}
