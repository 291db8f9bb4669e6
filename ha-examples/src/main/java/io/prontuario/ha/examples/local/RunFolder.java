package io.prontuario.ha.examples.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a run keeps its cluster. However the run ends, what runs there is ended and all of it is deleted, unless it is kept. */
public final class RunFolder {
    private final Path path;
    private final Thread hook;

    private RunFolder(Path path) {
        this.path = path;
        this.hook = new Thread(() -> {
            LocalCluster.endEverythingUnder(path);
            Unprivileged.delete(path);
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** A new one among the temporary files. */
    public static RunFolder make() {
        try {
            return new RunFolder(Files.createTempDirectory("prontuario-").toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary folder", e);
        }
    }

    /** The folder itself. */
    public Path path() {
        return path;
    }

    /** Leaves it, and what runs there. */
    public void keep() {
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
