package io.prontuario.ha.examples.bench;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.measure.Clients;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads what the processes of a cluster hold at one moment. From {@code /proc} (Linux), from the JDK's {@code jcmd}, and by SQL; what
 * this machine does not tell is NaN.
 */
final class Footprint {
    private static final double MIB = 1024 * 1024;
    private static final double KIB_A_MIB = 1024;
    private static final long ANSWER_SECONDS = 20;
    /** The last line of a histogram of what lives: instances, bytes. It is taken after a full collection (jcmd, GC.class_histogram). */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private static final Pattern FIRST_NUMBER = Pattern.compile("\\d+");
    private static final String CONNECTIONS =
            "select count(*) from pg_stat_activity where backend_type in ('client backend', 'walsender')";

    private final LocalCluster cluster;

    Footprint(LocalCluster cluster) {
        this.cluster = cluster;
    }

    Map<Figure, Double> read() {
        List<Long> agents = cluster.nodes().stream()
                .flatMap(node -> node.agentPid().stream())
                .toList();
        List<Long> stores = Stream.of(0, 1, 2)
                .flatMap(server -> cluster.ensemble().pidOf(server).stream())
                .toList();
        List<Long> proxy = List.of(cluster.proxy().pid());
        List<Long> self = List.of(ProcessHandle.current().pid());
        Map<Figure, Double> held = new EnumMap<>(Figure.class);
        held.put(Figure.AGENT_HEAP, sum(agents, Footprint::heap));
        held.put(Figure.AGENT_MEMORY, sum(agents, pid -> status(pid, "VmRSS")));
        held.put(Figure.AGENT_THREADS, sum(agents, pid -> entries(pid, "task")));
        held.put(Figure.AGENT_FILES, sum(agents, pid -> entries(pid, "fd")));
        held.put(Figure.POOL_HEAP, ownHeap());
        held.put(Figure.POOL_THREADS, (double)
                ManagementFactory.getThreadMXBean().getThreadCount());
        held.put(Figure.POOL_FILES, sum(self, pid -> entries(pid, "fd")));
        // Last, and at once: backends come and go.
        List<Long> servers = cluster.dataNodes().stream()
                .flatMap(node -> node.serverProcess().postmaster().stream())
                .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.children()))
                .map(ProcessHandle::pid)
                .toList();
        held.put(Figure.SERVER_MEMORY, sum(servers, pid -> status(pid, "RssAnon")));
        held.put(Figure.SERVER_PROCESSES, (double) servers.size());
        held.put(Figure.SERVER_FILES, sum(servers, pid -> entries(pid, "fd")));
        held.put(
                Figure.SERVER_CONNECTIONS,
                cluster.dataNodes().stream().mapToDouble(Footprint::connections).sum());
        held.put(Figure.PROXY_MEMORY, sum(proxy, pid -> status(pid, "VmRSS")));
        held.put(Figure.PROXY_FILES, sum(proxy, pid -> entries(pid, "fd")));
        held.put(Figure.STORE_HEAP, sum(stores, Footprint::heap));
        held.put(Figure.STORE_MEMORY, sum(stores, pid -> status(pid, "VmRSS")));
        held.put(Figure.STORE_THREADS, sum(stores, pid -> entries(pid, "task")));
        held.put(Figure.STORE_FILES, sum(stores, pid -> entries(pid, "fd")));
        held.put(Figure.STORE_FOLDERS, folders("zookeeper-"));
        held.put(Figure.STATE_FOLDERS, stateFolders());
        return held;
    }

    /** Of those that live: a backend may end between two looks. NaN when none of them tells. */
    private static double sum(List<Long> pids, ToDoubleFunction<Long> figure) {
        double[] told = pids.stream()
                .mapToDouble(figure)
                .filter(one -> !Double.isNaN(one))
                .toArray();
        return told.length == 0 ? Double.NaN : Arrays.stream(told).sum();
    }

    /** What lives in another JVM's heap, in MiB. */
    private static double heap(long pid) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            return Double.NaN;
        }
        Matcher total = TOTAL.matcher(output(List.of(jcmd.toString(), Long.toString(pid), "GC.class_histogram")));
        return total.find() ? Long.parseLong(total.group(1)) / MIB : Double.NaN;
    }

    private static double ownHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB;
    }

    /** A line of {@code /proc/PID/status}, in MiB. */
    private static double status(long pid, String name) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(FIRST_NUMBER::matcher)
                    .filter(Matcher::find)
                    .mapToDouble(number -> Long.parseLong(number.group()) / KIB_A_MIB)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** How many entries a folder of {@code /proc/PID} has. */
    private static double entries(long pid, String name) {
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), name))) {
            return all.count();
        } catch (IOException | UncheckedIOException e) {
            return Double.NaN;
        }
    }

    private static double connections(LocalNode node) {
        try (Connection connection = new Clients("127.0.0.1", node.server().port(), "postgres").connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(CONNECTIONS)) {
            row.next();
            return row.getDouble(1);
        } catch (SQLException e) {
            return Double.NaN;
        }
    }

    private double folders(String prefix) {
        try (Stream<Path> all = Files.list(cluster.folder())) {
            return onDisk(all.filter(folder -> folder.getFileName().toString().startsWith(prefix))
                    .toList());
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    private double stateFolders() {
        List<Path> all = new ArrayList<>();
        for (LocalNode node : cluster.dataNodes()) {
            Path home = cluster.folder().resolve(node.name());
            all.add(home.resolve("state"));
            all.add(home.resolve("data.ha"));
        }
        return onDisk(all.stream().filter(Files::exists).toList());
    }

    /** What folders take on the disk, in MiB. Not the length of their files: ZooKeeper makes its logs 64 MiB long before it fills them. */
    private static double onDisk(List<Path> folders) {
        List<String> words = new ArrayList<>(List.of("du", "-sk"));
        folders.forEach(folder -> words.add(folder.toString()));
        return output(words)
                .lines()
                .map(FIRST_NUMBER::matcher)
                .filter(Matcher::lookingAt)
                .mapToDouble(number -> Long.parseLong(number.group()) / KIB_A_MIB)
                .sum();
    }

    /** What a command says; empty when it says nothing in time. */
    private static String output(List<String> words) {
        try {
            Process process = new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.onExit().orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).whenComplete((ended, late) -> {
                if (late != null) {
                    process.destroyForcibly();
                }
            });
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
