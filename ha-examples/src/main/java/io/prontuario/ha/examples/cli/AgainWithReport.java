package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.local.Unprivileged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command under an unprivileged account, which writes its report where it may.
 *
 * @param command its words, but for the report
 * @param report where the report is to be in the end; null for nowhere
 * @param keep whether the folder is left
 */
record AgainWithReport(List<String> command, @Nullable Path report, boolean keep) implements Unprivileged.Run {
    @Override
    public List<String> words(Path folder) {
        List<String> words = new ArrayList<>(command);
        if (report != null) {
            words.addAll(List.of("--report", written(folder).toString()));
        }
        return words;
    }

    private static Path written(Path folder) {
        return folder.resolve("report.json");
    }

    @Override
    public boolean ended(Path folder, int exit) throws IOException {
        if (report != null && Files.exists(written(folder))) {
            Files.copy(written(folder), report, StandardCopyOption.REPLACE_EXISTING);
        }
        return keep;
    }
}
