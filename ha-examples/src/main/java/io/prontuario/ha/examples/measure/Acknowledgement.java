package io.prontuario.ha.examples.measure;

/**
 * A write that a server said it has done. Who said it comes from the transaction itself.
 *
 * @param id the row's id
 * @param port the server's port
 * @param systemIdentifier the server's system identifier
 * @param timeline the timeline on which it was written
 * @param epoch the replicated row of the epoch, as the transaction saw it
 * @param sent when it was sent, by this process's monotonic clock
 * @param nanos when the answer arrived, by the same clock
 */
public record Acknowledgement(
        long id, int port, String systemIdentifier, int timeline, long epoch, long sent, long nanos) {
    String line() {
        return id + "," + port + "," + systemIdentifier + "," + timeline + "," + epoch + "," + sent + "," + nanos
                + "\n";
    }

    /** Reads a whole line of a ledger. */
    static Acknowledgement parse(String line) {
        String[] parts = line.split(",", -1);
        return new Acknowledgement(
                Long.parseLong(parts[0]),
                Integer.parseInt(parts[1]),
                parts[2],
                Integer.parseInt(parts[3]),
                Long.parseLong(parts[4]),
                Long.parseLong(parts[5]),
                Long.parseLong(parts[6]));
    }
}
