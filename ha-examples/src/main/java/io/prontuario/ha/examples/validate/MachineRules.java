package io.prontuario.ha.examples.validate;

import static io.prontuario.ha.examples.validate.Finding.fail;
import static io.prontuario.ha.examples.validate.Finding.ok;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What on a data node's machine would start its server behind the agent's back, or another one in its place. */
final class MachineRules {
    static final String AREA = "machine";
    private static final String UNITS = "etc/systemd/system/multi-user.target.wants";
    private static final Pattern SYSTEMD = Pattern.compile("postgresql.*\\.service");
    private static final Pattern DEBIAN = Pattern.compile("postgresql(@\\d+-.+)?\\.service");
    private static final Pattern HOMEBREW = Pattern.compile("homebrew\\.mxcl\\.postgresql.*");

    private MachineRules() {}

    /**
     * Looks at what the operating system starts.
     *
     * @param root of the file system
     * @param home the folder of whoever is logged in
     * @param data the node's data directory
     * @param port of its server
     */
    static List<Finding> of(Path root, Path home, Path data, int port) {
        List<Finding> all = new ArrayList<>();
        Set<String> units = names(root.resolve(UNITS), SYSTEMD);
        List<DebianCluster> clusters = DebianCluster.under(root);
        for (String unit : units) {
            // Where Debian's own tools look after servers, it is known which ones a unit starts.
            if (clusters.isEmpty() || !DEBIAN.matcher(unit).matches()) {
                all.add(starts(root.resolve(UNITS).resolve(unit).toString(), "systemctl disable --now " + unit));
            }
        }
        for (Path folder : List.of(root.resolve("Library/LaunchDaemons"), home.resolve("Library/LaunchAgents"))) {
            names(folder, HOMEBREW)
                    .forEach(name -> all.add(starts(folder.resolve(name).toString(), "brew services stop postgresql")));
        }
        List<DebianCluster> started =
                clusters.stream().filter(one -> one.startedBy(units)).toList();
        started.stream()
                .filter(one -> one.meets(data, port))
                .forEach(one -> all.add(
                        starts(one + ", where this node's server belongs", "systemctl disable --now postgresql")));
        if (all.isEmpty()) {
            all.add(ok(AREA, "", "nothing here starts this node's server by itself" + others(started)));
        }
        return all;
    }

    private static Finding starts(String what, String next) {
        return fail(AREA, "", "the operating system starts PostgreSQL by itself: " + what, next);
    }

    private static String others(List<DebianCluster> started) {
        return started.isEmpty()
                ? ""
                : started.stream()
                        .map(DebianCluster::toString)
                        .collect(Collectors.joining(", ", "; another is started: ", ""));
    }

    private static Set<String> names(Path folder, Pattern pattern) {
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> pattern.matcher(name).matches())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            return Set.of();
        }
    }
}
