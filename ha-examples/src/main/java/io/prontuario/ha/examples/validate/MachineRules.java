package io.prontuario.ha.examples.validate;

import static io.prontuario.ha.examples.validate.Finding.fail;
import static io.prontuario.ha.examples.validate.Finding.ok;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What on this machine would start a server behind the agent's back. */
final class MachineRules {
    private static final String AREA = "machine";

    private MachineRules() {}

    /** @param root of the file system, and the folder of whoever is logged in */
    static List<Finding> of(Path root, Path home) {
        List<Finding> all = new ArrayList<>();
        for (Path folder : List.of(
                root.resolve("etc/systemd/system/multi-user.target.wants"),
                root.resolve("Library/LaunchDaemons"),
                home.resolve("Library/LaunchAgents"))) {
            names(folder)
                    .filter(name -> name.matches("postgresql.*\\.service|homebrew\\.mxcl\\.postgresql.*"))
                    .forEach(name -> all.add(fail(
                            AREA,
                            "",
                            "the operating system starts PostgreSQL by itself: " + folder.resolve(name),
                            name.endsWith(".service")
                                    ? "systemctl disable --now postgresql"
                                    : "brew services stop postgresql")));
        }
        if (all.isEmpty()) {
            all.add(ok(AREA, "", "nothing here starts PostgreSQL by itself"));
        }
        return all;
    }

    private static Stream<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
