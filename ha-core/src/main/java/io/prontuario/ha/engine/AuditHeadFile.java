package io.prontuario.ha.engine;

import io.prontuario.ha.model.AuditRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of the audit trail as a node saw it last, in a file beside its data: one line with number and hash. */
final class AuditHeadFile implements Machine.AuditHead {
    private static final Logger LOG = LoggerFactory.getLogger(AuditHeadFile.class);

    private final Path file;

    AuditHeadFile(Path folder) {
        this.file = folder.resolve("audit-head");
    }

    @Override
    public Optional<AuditRecord.Head> remembered() {
        try {
            String[] words = Files.readString(file).strip().split(" ", -1);
            return words.length == 2 && words[0].matches("\\d{1,18}")
                    ? Optional.of(new AuditRecord.Head(Long.parseLong(words[0]), words[1]))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void remember(AuditRecord.Head head) {
        try {
            Files.createDirectories(file.getParent());
            Path next = file.resolveSibling("audit-head.new");
            Files.writeString(next, head.number() + " " + head.hash() + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("the end of the audit trail cannot be remembered in {}: {}", file, e.toString());
        }
    }
}
