package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.local.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of one of two data nodes, with its YAML file. */
final class NodeFolder {
    private NodeFolder() {}

    /**
     * Makes the folder and writes the file.
     *
     * @param ports where the two agents listen, then where the two servers do
     * @param number which of the two it is, from 0
     * @param more further lines of the part about PostgreSQL
     */
    static Path configure(
            Path folder, String cluster, String node, String store, int[] ports, int number, String... more)
            throws IOException {
        Path home = Files.createDirectories(folder.resolve(node));
        handOver(home);
        String text = """
                cluster: %s
                node: %s
                store: %s
                http: 127.0.0.1:%d
                checks:
                  disk-space: { path: %s, at-least: 1MiB }
                  memory: { at-most: 100%% }
                postgres:
                  data: %s
                %s
                  servers:
                    studio-1: 127.0.0.1:%d
                    studio-2: 127.0.0.1:%d
                """.formatted(
                        cluster,
                        node,
                        store,
                        ports[number],
                        home,
                        home.resolve("data"),
                        (Unprivileged.needed() ? "  account: postgres\n" : "") + String.join("\n", more),
                        ports[2],
                        ports[3]);
        return Files.writeString(home.resolve("node.yaml"), text);
    }

    /** PostgreSQL refuses root: then the server runs under its own account, which must reach its folder. */
    static void handOver(Path path) throws IOException {
        if (Unprivileged.needed()) {
            Files.setOwner(
                    path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
        }
    }
}
