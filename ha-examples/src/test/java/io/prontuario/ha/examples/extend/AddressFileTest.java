package io.prontuario.ha.examples.extend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.testing.FailoverStrategyContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small strategy of docs/extending.md, on a real file, and through the contract that the library gives to whoever writes one. */
class AddressFileTest {
    private static final NodeName ONE = new NodeName("studio-1");
    private static final NodeName TWO = new NodeName("studio-2");
    private static final Map<NodeName, String> ADDRESSES = Map.of(ONE, "192.0.2.10", TWO, "192.0.2.11");

    @TempDir
    private Path folder;

    /** What the strategy works on, and eyes of its own: a script that reads the file. */
    private final class Lab implements FailoverStrategyContract.Lab {
        private final Path home = folder.resolve("run");
        private final Path away = folder.resolve("away");

        Lab() throws IOException {
            Files.createDirectory(home);
        }

        @Override
        public FailoverStrategy strategy() {
            return new AddressFile(home.resolve("primary"), ADDRESSES);
        }

        @Override
        public List<NodeName> nodes() {
            return List.of(ONE, TWO);
        }

        @Override
        public Optional<NodeName> used() {
            try {
                String line = Files.readString(home.resolve("primary")).strip();
                return nodes().stream()
                        .filter(node -> line.equals(ADDRESSES.get(node)))
                        .findFirst();
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        @Override
        public void disturb() {
            done(() -> Files.writeString(home.resolve("primary"), "127.0.0.1\n"));
        }

        /** The disk that it lies on is gone. */
        @Override
        public void cutOff() {
            done(() -> Files.move(home, away));
        }

        @Override
        public void restore() {
            if (Files.exists(away)) {
                done(() -> Files.move(away, home));
            }
        }
    }

    private interface Act {
        Object run() throws IOException;
    }

    private static void done(Act act) {
        try {
            act.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void keepsTheContract() throws IOException {
        assertEquals(List.of(), FailoverStrategyContract.violations(new Lab()));
    }

    @Test
    void aNodeWithoutAnAddressIsRefusedAndTheFileIsLeftAlone() throws IOException {
        Lab lab = new Lab();
        FailoverStrategy strategy = lab.strategy();
        assertEquals(
                Outcome.Kind.DONE,
                strategy.enable(FailoverStrategyContract.request(strategy, TWO)).kind());
        Outcome refused = strategy.enable(FailoverStrategyContract.request(strategy, new NodeName("studio-9")));
        assertEquals(Outcome.Kind.REFUSED, refused.kind());
        assertEquals(Optional.of(TWO), lab.used());
    }

    /** As docs/extending.md says. */
    @Test
    void isNotLongerThanSixtyLines() throws IOException {
        List<String> lines =
                Files.readAllLines(Path.of("src/main/java/io/prontuario/ha/examples/extend/AddressFile.java"));
        long code = lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("import ") && !line.startsWith("package "))
                .count();
        assertTrue(code <= 60, () -> code + " lines");
    }
}
