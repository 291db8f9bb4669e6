package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.local.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The folder of one of some data nodes, with its YAML file. They are called studio-1, studio-2 and so on. */
final class NodeFolder {
    private NodeFolder() {}

    /**
     * Makes the folder and writes the file.
     *
     * @param ports where the agents listen, then where the servers do
     * @param number which of them it is, from 0
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
                %s
                """.formatted(
                        cluster,
                        node,
                        store,
                        ports[number],
                        home,
                        home.resolve("data"),
                        (Unprivileged.needed() ? "  account: postgres\n" : "") + String.join("\n", more),
                        IntStream.range(0, ports.length / 2)
                                .mapToObj(server -> "    studio-" + (server + 1) + ": 127.0.0.1:"
                                        + ports[ports.length / 2 + server])
                                .collect(Collectors.joining("\n")));
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
