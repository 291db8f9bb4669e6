package io.prontuario.ha.examples.faults;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.local.Ending;
import io.prontuario.ha.examples.local.NodeEvent;
import io.prontuario.ha.examples.local.NodeProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A host application whose wall clock can be stepped from outside, as by an operator or a time service that has lost its way. */
public final class SteppedNode {
    private SteppedNode() {}

    /** It as the program of a cluster's nodes. */
    static NodeProgram program(Path folder) {
        return configuration -> List.of(SteppedNode.class.getName(), configuration.toString(), folder.toString());
    }

    private static Path file(Path folder, String node) {
        return folder.resolve(node + ".clock");
    }

    /** From now on that node's clock is so far off; by how much it was before does not matter. */
    static void step(Path folder, String node, Duration off) {
        try {
            Files.writeString(file(folder, node), Long.toString(off.toMillis()));
        } catch (IOException e) {
            throw new UncheckedIOException("the clock of " + node + " cannot be stepped", e);
        }
    }

    private static Instant now(Path file) {
        try {
            String text = Files.readString(file);
            // Empty while it is being written.
            return text.isEmpty() ? Instant.now() : Instant.now().plusMillis(Long.parseLong(text));
        } catch (NoSuchFileException e) {
            return Instant.now();
        } catch (IOException e) {
            throw new UncheckedIOException("no clock", e);
        }
    }

    /** Given the node's YAML file and the folder of the clocks. */
    public static void main(String[] arguments) throws InterruptedException {
        NodeConfig config = NodeConfig.read(Path.of(arguments[0]));
        Path clock = file(Path.of(arguments[1]), config.node());
        HaNode.Builder builder = config.builder().clock(() -> now(clock)).addListener(event -> {
            System.out.println(NodeEvent.of(event).toJson());
            System.out.flush();
        });
        try (Ending ending = Ending.ofThisProcess();
                HaNode node = builder.start()) {
            System.out.println(config.title() + " runs; HTTP on port " + node.httpPort());
            ending.await();
        }
    }
}
