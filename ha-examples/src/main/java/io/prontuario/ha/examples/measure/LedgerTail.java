package io.prontuario.ha.examples.measure;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what another process writes to its {@link Ledger}, as it comes. */
public final class LedgerTail {
    private final Path path;
    private long offset;

    /** Of a ledger that may not exist yet. */
    public LedgerTail(Path path) {
        this.path = path;
    }

    /** What has been added since the last call; a line that is not complete yet comes with the next one. */
    public List<Acknowledgement> more() {
        if (!Files.exists(path)) {
            return List.of();
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            byte[] bytes = new byte[Math.toIntExact(file.length() - offset)];
            file.seek(offset);
            file.readFully(bytes);
            String text = new String(bytes, StandardCharsets.US_ASCII);
            int end = text.lastIndexOf('\n') + 1;
            offset += end;
            List<Acknowledgement> all = new ArrayList<>();
            text.substring(0, end).lines().map(Acknowledgement::parse).forEach(all::add);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the ledger " + path, e);
        }
    }
}
