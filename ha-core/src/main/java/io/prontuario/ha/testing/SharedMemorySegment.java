package io.prontuario.ha.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The System V shared memory of one PostgreSQL server, as line 7 of its {@code postmaster.pid} names it: key and id. A server that was killed
 * leaves it behind until the next one starts on the same directory; when the directory is deleted, for ever, and at the kernel's limit
 * (4096 segments on Linux) no server starts any more.
 *
 * @param key by which the kernel would have told whether it is the same one
 * @param id what is removed
 */
public record SharedMemorySegment(int key, int id) {
    private static final int LINE = 6;
    /** Columns of {@link #KERNEL}: key, id, …, and how many processes are attached. */
    private static final int ATTACHED = 6;

    private static final Path KERNEL = Path.of("/proc/sysvipc/shm");

    /** The segment of the server that runs on a data directory, or was killed there; empty when none is named. */
    public static Optional<SharedMemorySegment> of(Path data) {
        try {
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"), StandardCharsets.UTF_8);
            String[] words = lines.size() > LINE ? lines.get(LINE).strip().split("\\s+") : new String[0];
            return words.length == 2 && words[0].matches("\\d{1,10}") && words[1].matches("\\d{1,10}")
                    ? Optional.of(new SharedMemorySegment((int) Long.parseLong(words[0]), Integer.parseInt(words[1])))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Removes it if nobody is attached any more; answers whether it is gone. Only where the kernel can be asked, which is Linux; elsewhere
     * nothing is done.
     */
    public boolean removeIfLeft() {
        try {
            Optional<String[]> row = row();
            if (row.isEmpty()) {
                return true;
            }
            if (!row.get()[ATTACHED].equals("0")) {
                return false;
            }
            Process remove = new ProcessBuilder("ipcrm", "-m", Integer.toString(id))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return remove.waitFor(5, TimeUnit.SECONDS) && remove.exitValue() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException("the shared memory " + this + " cannot be removed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** An id is used again, a key and an id together only by the same directory. */
    private Optional<String[]> row() throws IOException {
        if (!Files.exists(KERNEL)) {
            return Optional.empty();
        }
        return Files.readAllLines(KERNEL).stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > ATTACHED
                        && words[0].equals(Integer.toString(key))
                        && words[1].equals(Integer.toString(id)))
                .findFirst();
    }
}
