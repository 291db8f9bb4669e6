package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.measure.Acknowledgement;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.LedgerTail;
import io.prontuario.ha.examples.measure.Load;
import io.prontuario.ha.testing.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The writers of one host, seen from the runner. */
final class ClientGroup implements AutoCloseable {
    private static final int LONGEST_END_SECONDS = 60;

    private final Process process;
    private final Path ledger;
    private final LedgerTail tail;
    private final List<Acknowledgement> all = new ArrayList<>();

    private ClientGroup(Process process, Path ledger) {
        this.process = process;
        this.ledger = ledger;
        this.tail = new LedgerTail(ledger);
    }

    /** Starts them. */
    static ClientGroup start(String name, Place place, Clients server, Load load, Path folder) {
        Path ledger = folder.resolve("acknowledged-" + name + ".csv");
        List<String> words = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ClientProgram.class.getName(),
                server.host(),
                Integer.toString(server.port()),
                ledger.toString(),
                Integer.toString(load.writers()),
                Long.toString(load.firstId()),
                Long.toString(load.pause().toMillis()),
                Long.toString(load.reconnect().toMillis()),
                Long.toString(load.patience().toMillis()),
                server.password());
        try {
            Process process = new ProcessBuilder(place.launch(words))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("clients-" + name + ".log").toFile())
                    .start();
            return new ClientGroup(process, ledger);
        } catch (IOException e) {
            throw new UncheckedIOException("the clients on " + name + " cannot be started", e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Everything that they were acknowledged so far. */
    List<Acknowledgement> acknowledged() {
        all.addAll(tail.more());
        return all;
    }

    /**
     * How they fared, apart from what they were acknowledged.
     *
     * @param doubts how many writes were not answered
     * @param reconnects how many connections the unluckiest writer has lost
     */
    record Ending(int doubts, int reconnects) {}

    /** Lets every writer finish. */
    Ending end() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "the clients beside " + ledger + " did not end within " + LONGEST_END_SECONDS + " s");
            }
            return new Ending(
                    Files.readAllLines(ClientProgram.doubts(ledger)).size(),
                    Integer.parseInt(Files.readString(ClientProgram.reconnects(ledger))));
        } catch (IOException e) {
            throw new UncheckedIOException("the clients beside " + ledger + " did not say how they ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while clients end", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
