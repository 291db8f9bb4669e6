package io.prontuario.ha.engine;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.TransitionKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node keeps for the day on which the store is gone: the record as it last saw it, so that a person's declaration can be compared
 * with it after a restart too, and the emergency that was declared meanwhile.
 */
public final class EmergencyFiles {
    private static final Gson GSON = new Gson();

    private final Path record;
    private final Path declared;
    private @Nullable Known kept;

    /** In a node's state folder. */
    public EmergencyFiles(Path stateFolder) {
        this.record = stateFolder.resolve("last-record");
        this.declared = stateFolder.resolve("declared-emergency");
    }

    private record Known(
            String clusterId, String systemIdentifier, long epoch, String transitionId, int timeline, String primary) {
        static Known of(ClusterState state) {
            return new Known(
                    state.clusterId(),
                    state.systemIdentifier(),
                    state.epoch(),
                    state.transitionId(),
                    state.timeline(),
                    state.primary().toString());
        }

        /** Of what may have changed since, nothing is known: nobody is certified by it. */
        ClusterState state() {
            return new ClusterState(
                    clusterId,
                    systemIdentifier,
                    epoch,
                    transitionId,
                    timeline,
                    Copy.parse(primary),
                    true,
                    Set.of(),
                    List.of(),
                    Durability.AVAILABLE,
                    1,
                    false,
                    null,
                    null);
        }
    }

    private record Kept(
            String id,
            TransitionKind kind,
            EmergencyPhase phase,
            String clusterId,
            long epoch,
            String reason,
            String by,
            String since,
            String memo) {
        static Kept of(Emergency emergency) {
            return new Kept(
                    emergency.id(),
                    emergency.kind(),
                    emergency.phase(),
                    emergency.clusterId(),
                    emergency.epoch(),
                    emergency.reason(),
                    emergency.by(),
                    emergency.since().toString(),
                    emergency.memo());
        }

        Emergency emergency() {
            return new Emergency(id, kind, phase, clusterId, epoch, reason, by, true, Instant.parse(since), memo);
        }
    }

    /** Keeps what identifies this record; does nothing when that is kept already. */
    void keep(ClusterState state) {
        Known now = Known.of(state);
        if (!now.equals(kept)) {
            write(record, GSON.toJson(now));
            kept = now;
        }
    }

    /** The record as it was last kept; empty when none ever was. */
    public Optional<ClusterState> lastRecord() {
        return read(record, Known.class).map(Known::state);
    }

    /** The emergency that was declared here without the store; empty when none is. */
    public Optional<Emergency> declared() {
        return read(declared, Kept.class).map(Kept::emergency);
    }

    /** Keeps an emergency that is declared here. */
    public void declare(Emergency emergency) {
        write(declared, GSON.toJson(Kept.of(emergency)));
    }

    /** The store has it now. */
    void handedOver() {
        try {
            Files.deleteIfExists(declared);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + declared + ": the emergency is in the store now", e);
        }
    }

    private static <T> Optional<T> read(Path file, Class<T> type) {
        try {
            return Optional.ofNullable(GSON.fromJson(Files.readString(file, StandardCharsets.UTF_8), type));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: make it readable to this account", e);
        } catch (JsonParseException e) {
            throw new IllegalStateException(file + " is damaged (" + e.getMessage() + "): delete it", e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Path folder = file.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            try (FileChannel channel = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write " + file + ": make room, or give the folder to this account", e);
        }
    }
}
