package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.Ledger;
import io.prontuario.ha.examples.measure.Load;
import io.prontuario.ha.examples.measure.Writers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * Writers on one host, in a process of their own: a network namespace is the process's. Ends when its standard input does, and leaves the
 * ids of the writes that were not answered beside its ledger.
 */
public final class ClientProgram {
    private ClientProgram() {}

    /** Where the ids of the writes that were not answered are left. */
    static Path doubts(Path ledger) {
        return ledger.resolveSibling(ledger.getFileName() + ".doubts");
    }

    /** Where the number of connections is left that the unluckiest of them has lost. */
    static Path reconnects(Path ledger) {
        return ledger.resolveSibling(ledger.getFileName() + ".reconnects");
    }

    /**
     * Runs it.
     *
     * @param arguments address, port, ledger, then {@link Load}: writers, first id, and pause, pause before connecting again and patience
     *     in milliseconds; last the password
     */
    public static void main(String[] arguments) throws IOException {
        Clients clients = new Clients(arguments[0], Integer.parseInt(arguments[1]), "postgres", arguments[8]);
        Path file = Path.of(arguments[2]);
        Load load = new Load(
                Integer.parseInt(arguments[3]),
                Long.parseLong(arguments[4]),
                Duration.ofMillis(Long.parseLong(arguments[5])),
                Duration.ofMillis(Long.parseLong(arguments[6])),
                Duration.ofMillis(Long.parseLong(arguments[7])));
        int reconnects;
        try (Ledger ledger = new Ledger(file)) {
            try (Writers writers = new Writers(clients, ledger, load)) {
                int read = 0;
                while (read >= 0) {
                    read = System.in.read();
                }
                reconnects = writers.mostReconnects();
            }
            String text = ledger.doubts().stream().map(String::valueOf).collect(Collectors.joining("\n"));
            Files.writeString(doubts(file), text, StandardCharsets.US_ASCII);
            Files.writeString(reconnects(file), Integer.toString(reconnects), StandardCharsets.US_ASCII);
        }
        // A writer may still wait for a server that does not answer.
        Runtime.getRuntime().halt(0);
    }
}
