package io.prontuario.ha.examples.validate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server that Debian's postgresql-common looks after: {@code /etc/postgresql/VERSION/NAME} (its manual pages pg_createcluster(1) and
 * pg_ctlcluster(1)).
 *
 * @param version PostgreSQL's major version
 * @param name of the cluster, such as {@code main}
 * @param automatic whether {@code postgresql.service} starts it: {@code start.conf} says {@code auto}
 * @param data its data directory; null when its file could not be read
 * @param port where it listens
 */
record DebianCluster(
        String version,
        String name,
        boolean automatic,
        @Nullable Path data,
        int port) {
    private static final Pattern LINE = Pattern.compile("(?m)^\\s*(data_directory|port)\\s*=?\\s*'?([^'#\\s]+)'?");
    private static final int USUAL_PORT = 5432;

    /** All there are under a root. */
    static List<DebianCluster> under(Path root) {
        List<DebianCluster> all = new ArrayList<>();
        for (Path version : folders(root.resolve("etc/postgresql"))) {
            for (Path cluster : folders(version)) {
                all.add(read(cluster));
            }
        }
        return all;
    }

    private static DebianCluster read(Path folder) {
        Path data = null;
        int port = USUAL_PORT;
        try {
            Matcher line = LINE.matcher(Files.readString(folder.resolve("postgresql.conf")));
            while (line.find()) {
                if (line.group(1).equals("port")) {
                    port = Integer.parseInt(line.group(2));
                } else {
                    data = Path.of(line.group(2));
                }
            }
        } catch (IOException | NumberFormatException e) {
            data = null;
        }
        return new DebianCluster(
                String.valueOf(folder.getName(folder.getNameCount() - 2)),
                String.valueOf(folder.getFileName()),
                automatic(folder.resolve("start.conf")),
                data,
                port);
    }

    /** Without the file it is {@code auto}, pg_ctlcluster's default. */
    private static boolean automatic(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .allMatch(line -> line.isEmpty() || line.equals("auto"));
        } catch (IOException e) {
            return true;
        }
    }

    private static List<Path> folders(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Whether one of these units of systemd, which are enabled, starts it. */
    boolean startedBy(Set<String> units) {
        return (automatic && units.contains("postgresql.service"))
                || units.contains("postgresql@" + version + "-" + name + ".service");
    }

    /** Whether it and a node's server would be in each other's way; so it counts when nobody knows where its data lie. */
    boolean meets(Path other, int otherPort) {
        return data == null || data.normalize().equals(other.normalize()) || port == otherPort;
    }

    @Override
    public String toString() {
        return version + "/" + name + " on port " + port;
    }
}
