package io.prontuario.ha.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A seed has the same history, byte for byte, on every machine and JDK: what one has found another can look at. Whatever changes what the
 * engine does changes histories too; then these files are written anew, and the readable one shows what has changed.
 */
final class GoldenTraceTest {
    private static final String WRITE = "simulation.write";
    private static final String COMMAND = "mvn -q -Pfast -pl ha-core test -Dtest=GoldenTraceTest -D" + WRITE;
    private static final Path FOLDER = Path.of("src", "test", "resources", "io", "prontuario", "ha", "simulation");

    /** A seed whose trace is short and has a takeover in it. */
    private static final long READABLE = 15;

    private static final int HASHED = 40;

    private static final QuietEngine QUIET = new QuietEngine();

    @BeforeAll
    static void tellNothing() {
        QUIET.begin();
    }

    @AfterAll
    static void tellAgain() {
        QUIET.end();
    }

    @Test
    void aTraceIsTheSameOnEveryMachineAndJdk() throws IOException {
        List<String> trace = new Simulation().run(READABLE, true).trace();
        assertIsWritten("trace-of-seed-" + READABLE + ".txt", trace);
        assertTrue(String.join("\n", trace).chars().allMatch(one -> one == '\n' || (one >= ' ' && one <= '~')));
    }

    @Test
    void manyTracesAreTheSameOnEveryMachineAndJdk() throws IOException {
        List<String> hashes = new ArrayList<>();
        for (long seed = 1; seed <= HASHED; seed++) {
            Run run = new Simulation().run(seed, true);
            hashes.add("seed " + seed + ": " + run.events() + " events, "
                    + run.trace().size() + " lines, sha256 " + sha256(String.join("\n", run.trace())));
        }
        assertIsWritten("traces.txt", hashes);
    }

    private static void assertIsWritten(String name, List<String> lines) throws IOException {
        Path file = FOLDER.resolve(name);
        String now = String.join("\n", lines) + "\n";
        if (System.getProperty(WRITE) != null) {
            Files.writeString(file, now);
        }
        String written = Files.exists(file) ? Files.readString(file) : "";
        assertEquals(
                written,
                now,
                () -> "histories are not what they were. If the engine or a model has changed, write them anew: "
                        + COMMAND + ". If not, something depends on the machine or the JDK");
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
