package io.prontuario.ha.postgres;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Which copy of the data lies in the data directory: a file beside it. There is a file exactly while the data is one consistent copy:
 * it is deleted durably before the first destructive byte and written, with a new id, when the new data is complete.
 */
final class CopyIdentity {
    private final NodeName node;
    private final Path file;
    private final PostgresInstallation owner;
    private final RandomGenerator random;

    CopyIdentity(NodeName node, Path stateFolder, PostgresInstallation owner, RandomGenerator random) {
        this.node = node;
        this.file = stateFolder.resolve("copy");
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
        Durable.delete(file);
    }

    /** The data is complete: it is a new copy from now on. */
    Copy renew() {
        Copy copy = new Copy(node, String.format("%08x", random.nextInt()));
        adopt(copy);
        return copy;
    }

    void adopt(Copy copy) {
        Durable.write(file, copy.id() + "\n", owner);
    }
}
