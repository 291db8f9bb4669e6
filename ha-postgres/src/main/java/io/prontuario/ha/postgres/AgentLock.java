package io.prontuario.ha.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One agent per data directory: a lock on a file beside it, which the system takes back when the process ends, however it ends. */
final class AgentLock implements AutoCloseable {
    /** The system gives a lock back when any descriptor of the file is closed by its process: here the file is not opened twice. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final FileChannel channel;
    private final Path file;

    private AgentLock(FileChannel channel, Path file) {
        this.channel = channel;
        this.file = file;
    }

    /**
     * Takes the lock.
     *
     * @param folder the folder beside the data directory; created if absent
     * @throws PostgresException when another agent holds it, naming its process
     */
    static AgentLock take(Path folder, PostgresInstallation owner) {
        Path file = folder.resolve("lock");
        try {
            Files.createDirectories(folder);
            owner.handOver(folder);
            Path real = folder.toRealPath().resolve("lock");
            if (!HELD.add(real)) {
                throw held(file, "of this process");
            }
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                String holder = Files.readString(file, StandardCharsets.UTF_8).strip();
                channel.close();
                HELD.remove(real);
                throw held(file, "process " + holder);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return new AgentLock(channel, real);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + file, e);
        }
    }

    private static PostgresException held(Path file, String holder) {
        return new PostgresException("another agent, " + holder + ", looks after this server already (it holds " + file
                + "): end it first; a stopped process holds it too");
    }

    @Override
    public void close() {
        try {
            channel.close();
            HELD.remove(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the lock cannot be given back", e);
        }
    }
}
