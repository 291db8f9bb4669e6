package io.prontuario.ha.examples.bench;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.Unprivileged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a benchmark keeps its servers. An interrupted one ends what runs there and deletes all of it.
 *
 * @param floor the floor's
 * @param cluster this library's
 */
record BenchFolders(Path floor, Path cluster) {
    static BenchFolders make() {
        try {
            Path folder = Files.createTempDirectory("prontuario-").toRealPath();
            BenchFolders made = new BenchFolders(
                    Files.createDirectory(folder.resolve("floor")), Files.createDirectory(folder.resolve("cluster")));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                LocalCluster.endEverythingUnder(made.cluster);
                FloorPair.endServersUnder(made.floor);
                Unprivileged.delete(folder);
            }));
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary folder", e);
        }
    }
}
