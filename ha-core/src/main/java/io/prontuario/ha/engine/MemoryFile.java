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
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The highest epoch this node has obeyed, beside its data directory. It is what recognises a store that was rolled back or re-created:
 * a state below it, or of another cluster, is not obeyed.
 *
 * <p>Durable before the first act under an epoch, and so inside every outage. The file has two slots that are written in turn, in place:
 * that needs one flush of a block that is there already, where a new file with its rename needs three of the file system's journal, which
 * the store's and the server's logs wait for too (measured on ext4 with a busy disk: 2 ms against 4 to 29). A write that a crash tore
 * leaves the other slot as it was.
 */
final class MemoryFile implements Machine.Memory {
    private static final String NAME = "epoch";
    private static final String FORMAT = "prontuario-epoch-1";
    private static final int SLOT = 512;
    private static final int SLOTS = 2;

    private final Path folder;
    /** Read without the lock: whoever looks does not wait for a disk that hangs. */
    private volatile @Nullable NodeMemory remembered;

    private long writes;

    MemoryFile(Path folder) {
        this.folder = folder;
        load(folder.resolve(NAME));
    }

    @Override
    public @Nullable NodeMemory remembered() {
        return remembered;
    }

    /** Makes the state's epoch durable here; does nothing when it is already. */
    @Override
    public synchronized void remember(ClusterState state) {
        NodeMemory next =
                new NodeMemory(state.clusterId(), state.epoch(), state.transitionId(), state.systemIdentifier());
        if (next.equals(remembered)) {
            return;
        }
        Path file = folder.resolve(NAME);
        try {
            if (!Files.exists(file)) {
                create(file);
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(slot(writes + 1, next)), (writes + 1) % SLOTS * SLOT);
                channel.force(false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write " + file + ": nothing is done under epoch " + state.epoch()
                            + " before it is remembered",
                    e);
        }
        writes++;
        remembered = next;
    }

    /** Both slots are there, and their blocks allocated, before the name is. */
    private void create(Path file) throws IOException {
        Files.createDirectories(folder);
        Path fresh = folder.resolve(NAME + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.wrap(filled("", SLOTS * SLOT)));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static byte[] slot(long number, NodeMemory memory) {
        String text = String.join(
                "\n",
                FORMAT,
                Long.toString(number),
                memory.clusterId(),
                Long.toString(memory.epoch()),
                memory.transitionId(),
                memory.systemIdentifier(),
                "");
        return filled(text + checksum(text) + "\n", SLOT);
    }

    private static byte[] filled(String text, int length) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > length) {
            throw new IllegalArgumentException("longer than the " + length + " bytes there are for it: " + text);
        }
        byte[] all = Arrays.copyOf(bytes, length);
        Arrays.fill(all, bytes.length, length, (byte) '\n');
        return all;
    }

    private static String checksum(String text) {
        CRC32C sum = new CRC32C();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }

    private void load(Path file) {
        try {
            if (!Files.exists(file)) {
                return;
            }
            byte[] bytes = Files.readAllBytes(file);
            for (int i = 0; i < SLOTS && bytes.length == SLOTS * SLOT; i++) {
                parse(new String(bytes, i * SLOT, SLOT, StandardCharsets.UTF_8))
                        .filter(slot -> slot.number() > writes)
                        .ifPresent(slot -> {
                            writes = slot.number();
                            remembered = slot.memory();
                        });
            }
            if (remembered == null && !new String(bytes, StandardCharsets.UTF_8).isBlank()) {
                throw new IllegalStateException("cannot understand " + file
                        + ": it holds the highest epoch this node has obeyed. Restore it, or remove it only when"
                        + " you know that the store was never rolled back");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ", the highest epoch this node has obeyed", e);
        }
    }

    private record Slot(long number, NodeMemory memory) {}

    /** Empty when nothing was written to the slot, or not all of it. */
    private static Optional<Slot> parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 8 || !lines[0].equals(FORMAT)) {
            return Optional.empty();
        }
        String body = String.join("\n", Arrays.copyOf(lines, 6)) + "\n";
        return checksum(body).equals(lines[6])
                ? Optional.of(new Slot(
                        Long.parseLong(lines[1]),
                        new NodeMemory(lines[2], Long.parseLong(lines[3]), lines[4], lines[5])))
                : Optional.empty();
    }
}
