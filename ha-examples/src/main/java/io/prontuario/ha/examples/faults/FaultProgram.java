package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.local.OwnNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A fault run as a command: outside it makes namespaces, inside them it runs. */
public final class FaultProgram {
    private static final List<String> KEPT = List.of(".log", ".csv", ".doubts", ".reconnects", ".yaml", ".cfg");

    private FaultProgram() {}

    /**
     * What is asked for.
     *
     * @param seed from which all faults come
     * @param dataNodes how many hosts have a server, 2 or 3
     * @param length no round of faults begins after it
     * @param rounds nor after so many
     * @param stories the names of those that are played before the first round
     * @param kinds the names of the faults that may come; empty for all
     * @param hold how long every fault is held; null for as the seed has it
     * @param json whether the report is printed as JSON, and the progress on standard error
     * @param logs where logs and ledgers are copied to at the end; null for nowhere
     */
    public record Order(
            long seed,
            int dataNodes,
            Duration length,
            int rounds,
            List<String> stories,
            List<String> kinds,
            @Nullable Duration hold,
            boolean json,
            @Nullable Path logs) {
        public Order {
            stories = List.copyOf(stories);
            kinds = List.copyOf(kinds);
        }

        private List<String> words() {
            return List.of(
                    FaultProgram.class.getName(),
                    Long.toString(seed),
                    Integer.toString(dataNodes),
                    Long.toString(length.toMillis()),
                    Integer.toString(rounds),
                    String.join(",", stories),
                    String.join(",", kinds),
                    hold == null ? "" : Long.toString(hold.toMillis()),
                    Boolean.toString(json),
                    logs == null ? "" : logs.toAbsolutePath().toString());
        }

        private static Order parse(String[] words) {
            return new Order(
                    Long.parseLong(words[0]),
                    Integer.parseInt(words[1]),
                    Duration.ofMillis(Long.parseLong(words[2])),
                    Integer.parseInt(words[3]),
                    names(words[4]),
                    names(words[5]),
                    words[6].isEmpty() ? null : Duration.ofMillis(Long.parseLong(words[6])),
                    Boolean.parseBoolean(words[7]),
                    words[8].isEmpty() ? null : Path.of(words[8]));
        }

        private static List<String> names(String word) {
            return word.isEmpty() ? List.of() : List.of(word.split(",", -1));
        }
    }

    /** The names of all faults. */
    public static List<String> kinds() {
        return Arrays.stream(FaultKind.values()).map(FaultKind::label).toList();
    }

    /** The names of all stories. */
    public static List<String> stories() {
        return Arrays.stream(Story.values()).map(Story::label).toList();
    }

    /** Why there can be no fault runs here; empty when there can. */
    public static Optional<String> refusal() {
        return OwnNamespaces.refusal();
    }

    /** Runs it to its end; answers the exit status. */
    public static int run(Order order) {
        return OwnNamespaces.run(order.words());
    }

    /** Inside. */
    public static void main(String[] words) throws IOException {
        OwnNamespaces.endWithParent();
        Order order = Order.parse(words);
        List<FaultKind> kinds = order.kinds().isEmpty()
                ? FaultRun.everyKind()
                : order.kinds().stream()
                        .flatMap(label -> FaultKind.of(label).stream())
                        .toList();
        List<Story> stories = order.stories().stream()
                .flatMap(label -> Story.of(label).stream())
                .toList();
        Consumer<String> progress = order.json() ? System.err::println : System.out::println;
        FaultRun run = new FaultRun(
                order.seed(),
                order.dataNodes(),
                order.length(),
                order.rounds(),
                stories,
                kinds,
                order.hold(),
                progress);
        int exit = 1;
        try {
            FaultRunReport report = run.run();
            exit = report.passed() ? 0 : 1;
            System.out.println(
                    order.json() ? report.toJson() : report.summary().stream().collect(Collectors.joining("\n")));
        } catch (RuntimeException | SQLException | OutOfMemoryError e) {
            System.err.println("ha: the run could not be made, or not ended: " + e.getMessage());
            // Nobody else would: this process halts in a moment.
            e.printStackTrace();
        } finally {
            if (order.logs() != null) {
                keep(run.folder(), order.logs());
            }
            System.out.flush();
            // The kernel ends all that is left when the first process does.
            Runtime.getRuntime().halt(exit);
        }
    }

    private static void keep(Path folder, Path logs) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder, 3)) {
            all.filter(file -> KEPT.stream().anyMatch(String.valueOf(file.getFileName())::endsWith))
                    .filter(Files::isRegularFile)
                    .forEach(files::add);
        }
        for (Path file : files) {
            Path copy = logs.resolve(folder.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
