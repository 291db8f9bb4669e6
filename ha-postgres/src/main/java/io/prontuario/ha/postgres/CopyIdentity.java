package io.prontuario.ha.postgres;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Which copy of the data lies in the data directory: a file beside it. There is a file exactly while the data is one consistent copy:
 * it is deleted durably before the first destructive byte and written, with a new id, when the new data is complete.
 */
final class CopyIdentity {
    private final NodeName node;
    private final Path file;
    private final Path inPieces;
    private final PostgresInstallation owner;
    private final RandomGenerator random;

    CopyIdentity(NodeName node, Path stateFolder, PostgresInstallation owner, RandomGenerator random) {
        this.node = node;
        this.file = stateFolder.resolve("copy");
        this.inPieces = stateFolder.resolve("copy.in-pieces");
        this.owner = owner;
        this.random = random;
    }

    /** The copy that is here; empty when the data must not be trusted. */
    Optional<Copy> read() {
        try {
            return Files.exists(file)
                    ? Optional.of(new Copy(
                            node, Files.readString(file, StandardCharsets.UTF_8).strip()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": it holds the id of the data copy beside it", e);
        }
    }

    /** Before the first destructive byte. */
    void forget() {
        // First, so that whatever is found here afterwards is known to be this node's own doing.
        try {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + file.getParent(), e);
        }
        Durable.write(inPieces, "", owner);
        Durable.delete(file);
    }

    /** Whether this node has begun to replace the data and has not finished. */
    boolean inPieces() {
        return Files.exists(inPieces);
    }

    /** An id for data that is about to be complete. */
    Copy next() {
        return new Copy(node, String.format("%08x", random.nextInt()));
    }

    /** The data is complete: it is a new copy from now on. */
    Copy renew() {
        Copy copy = next();
        adopt(copy);
        return copy;
    }

    void adopt(Copy copy) {
        Durable.write(file, copy.id() + "\n", owner);
        Durable.delete(inPieces);
    }
}
