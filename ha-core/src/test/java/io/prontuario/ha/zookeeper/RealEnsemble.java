package io.prontuario.ha.zookeeper;

import io.prontuario.ha.testing.LocalEnsemble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Three real servers for all tests of a class; its folder is removed afterwards. */
final class RealEnsemble implements BeforeAllCallback, AfterAllCallback {
    private static final Duration START = Duration.ofSeconds(60);

    private Path folder;
    private LocalEnsemble ensemble;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        folder = Files.createTempDirectory("prontuario-ensemble");
        ensemble = LocalEnsemble.start(folder, START);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (ensemble != null) {
            ensemble.close();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    LocalEnsemble servers() {
        return ensemble;
    }

    /** All three serve again, whatever a test did to them. */
    void recover() {
        ensemble.awaitServing(3, START);
    }
}
