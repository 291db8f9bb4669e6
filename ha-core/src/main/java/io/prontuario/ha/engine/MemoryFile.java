package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The highest epoch this node has obeyed, beside its data directory. It is what recognises a store that was rolled back or re-created:
 * a state below it, or of another cluster, is not obeyed.
 *
 * <p>Durable before the first act under an epoch: written to a new file, flushed, renamed, and the folder flushed.
 */
final class MemoryFile {
    private static final String NAME = "epoch";

    private final Path folder;
    private @Nullable NodeMemory remembered;

    MemoryFile(Path folder) {
        this.folder = folder;
        this.remembered = load(folder.resolve(NAME));
    }

    synchronized @Nullable NodeMemory remembered() {
        return remembered;
    }

    /** Makes the state's epoch durable here; does nothing when it is already. */
    synchronized void remember(ClusterState state) {
        NodeMemory next =
                new NodeMemory(state.clusterId(), state.epoch(), state.transitionId(), state.systemIdentifier());
        if (next.equals(remembered)) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Path fresh = folder.resolve(NAME + ".new");
            String text = String.join(
                    "\n",
                    next.clusterId(),
                    Long.toString(next.epoch()),
                    next.transitionId(),
                    next.systemIdentifier(),
                    "");
            try (FileChannel channel = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                channel.force(true);
            }
            Files.move(
                    fresh, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write " + folder.resolve(NAME) + ": nothing is done under epoch " + state.epoch()
                            + " before it is remembered",
                    e);
        }
        remembered = next;
    }

    private static @Nullable NodeMemory load(Path file) {
        try {
            if (!Files.exists(file)) {
                return null;
            }
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            return new NodeMemory(
                    lines.get(0), Long.parseLong(lines.get(1)), lines.get(2), lines.size() > 3 ? lines.get(3) : "");
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalStateException(
                    "cannot understand " + file
                            + ": it holds the highest epoch this node has obeyed. Restore it, or remove it only when"
                            + " you know that the store was never rolled back (" + Objects.toString(e.getMessage())
                            + ")",
                    e);
        }
    }
}
