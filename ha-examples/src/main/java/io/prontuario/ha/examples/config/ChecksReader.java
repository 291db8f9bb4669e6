package io.prontuario.ha.examples.config;

import io.prontuario.ha.health.DiskSpaceCheck;
import io.prontuario.ha.health.MemoryCheck;
import io.prontuario.ha.model.DataSize;
import io.prontuario.ha.spi.HealthCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what a node looks at on its machine. What else a host needs, its own code checks. */
final class ChecksReader {
    private ChecksReader() {}

    static List<HealthCheck> read(Section section) {
        section.allow("disk-space", "memory");
        List<HealthCheck> checks = new ArrayList<>();
        if (section.has("disk-space")) {
            Section disk = section.section("disk-space").allow("path", "at-least");
            Optional<Path> path = disk.required("path", "/var/lib/postgresql", NodeConfigReader::absolute);
            Optional<DataSize> least = disk.required("at-least", "100GiB", ChecksReader::size);
            if (path.isPresent() && least.isPresent()) {
                checks.add(DiskSpaceCheck.atLeast(path.get(), least.get()));
            }
        }
        if (section.has("memory")) {
            section.section("memory")
                    .allow("at-most")
                    .required("at-most", "85%", ChecksReader::share)
                    .map(MemoryCheck::atMostUsed)
                    .ifPresent(checks::add);
        }
        return checks;
    }

    static DataSize size(String text) {
        try {
            return DataSize.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is '" + text + "', not a size; write for example 500MiB or 100GiB", e);
        }
    }

    private static double share(String text) {
        if (!text.matches("[1-9]\\d?%|100%")) {
            throw new IllegalArgumentException("is '" + text + "', not 1% to 100%; write for example 85%");
        }
        return Integer.parseInt(text.substring(0, text.length() - 1)) / 100.0;
    }
}
