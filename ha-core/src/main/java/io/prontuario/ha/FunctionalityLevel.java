package io.prontuario.ha;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How much of the host application is open: a number from 0 to 100. The host asks {@code level.allows(PRESCRIBE)} before it does
 * something that can wait, and is told when the answer changes.
 *
 * <p>100 is normal, 25 is what the deployment guide calls emergency. The level is kept in a file beside what else the node remembers,
 * so an application that is restarted in the middle of an emergency does not open everything. It is not part of the safety rule: who may
 * acknowledge a write is the record's matter alone.
 *
 * <p>Any thread may call any method; {@link #allows} costs one volatile read. Listeners are told in order on a thread of their own; when
 * one is slower than {@value #WAITING} changes, the oldest untold ones are dropped, never the newest.
 */
public final class FunctionalityLevel implements AutoCloseable {
    /** Everything is open. */
    public static final int NORMAL = 100;
    /** What the deployment guide calls emergency. */
    public static final int EMERGENCY = 25;

    private static final int WAITING = 64;
    private static final int LONGEST_REASON = 500;
    private static final Pattern KEPT = Pattern.compile("(\\d{1,3}) ?(.*)\\R?", Pattern.DOTALL);

    /**
     * The level changed.
     *
     * @param from the level before
     * @param to the level now
     * @param reason why, as a sentence
     * @param closed what was open before and no longer is
     * @param opened what is open again
     */
    public record Change(int from, int to, String reason, List<Feature> closed, List<Feature> opened) {
        public Change {
            closed = List.copyOf(closed);
            opened = List.copyOf(opened);
        }
    }

    private record Standing(int value, String reason) {}

    private final Path file;
    private final List<Feature> features;
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor teller = new ThreadPoolExecutor(
            0,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            task -> {
                Thread made = new Thread(task, "prontuario-level");
                made.setDaemon(true);
                return made;
            },
            new ThreadPoolExecutor.DiscardOldestPolicy());
    private volatile Standing standing;

    /**
     * Reads the level that was kept, or begins at 100.
     *
     * @param file where the level is kept; made with the first change
     * @param features what has a threshold, for pages and events
     * @throws IllegalArgumentException when two features have one name
     * @throws IllegalStateException when the file is there and cannot be read as a level
     */
    public static FunctionalityLevel keptIn(Path file, List<Feature> features) {
        long names = features.stream().map(Feature::name).distinct().count();
        if (names != features.size()) {
            throw new IllegalArgumentException("two features have the same name: "
                    + features.stream().map(Feature::name).sorted().toList());
        }
        return new FunctionalityLevel(file, features, read(file));
    }

    private FunctionalityLevel(Path file, List<Feature> features, Standing standing) {
        this.file = file;
        this.features = features.stream()
                .sorted(Comparator.comparing(Feature::threshold).thenComparing(Feature::name))
                .toList();
        this.standing = standing;
    }

    private static Standing read(Path file) {
        if (!Files.exists(file)) {
            return new Standing(NORMAL, "normal");
        }
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the functionality level in " + file + " cannot be read (" + e + "): make it readable, or delete it"
                            + " to begin at 100",
                    e);
        }
        Matcher kept = KEPT.matcher(text);
        if (!kept.matches() || Integer.parseInt(kept.group(1)) > NORMAL) {
            throw new IllegalStateException("the functionality level in " + file + " is '" + text.strip()
                    + "', expected a number from 0 to 100 and a reason: mend it, or delete it to begin at 100");
        }
        return new Standing(Integer.parseInt(kept.group(1)), kept.group(2).strip());
    }

    /** The level now, 0 to 100. */
    public int value() {
        return standing.value();
    }

    /** Why it is what it is. */
    public String reason() {
        return standing.reason();
    }

    /** Whether the feature is open at the level of this moment. */
    public boolean allows(Feature feature) {
        return standing.value() >= feature.threshold();
    }

    /** What is closed now, the first to open again first. */
    public List<Feature> closed() {
        int value = standing.value();
        return features.stream().filter(feature -> feature.threshold() > value).toList();
    }

    /** One line for a page or a log: the level, why, and what is closed. */
    public String summary() {
        Standing now = standing;
        String closed = features.stream()
                .filter(feature -> feature.threshold() > now.value())
                .map(Feature::name)
                .collect(Collectors.joining(", "));
        return "functionality level " + now.value() + " (" + now.reason() + ")"
                + (closed.isEmpty() ? "" : "; closed: " + closed);
    }

    /** What {@code /health} shows of it. */
    Map<String, Object> asMap() {
        Standing now = standing;
        return Map.of(
                "level",
                now.value(),
                "reason",
                now.reason(),
                "closed",
                features.stream()
                        .filter(feature -> feature.threshold() > now.value())
                        .map(Feature::name)
                        .toList());
    }

    /** Told of every change from now on. */
    public void addListener(Consumer<Change> listener) {
        listeners.add(listener);
    }

    /**
     * Changes the level: keeps it, then lets it hold, then tells the listeners. The same level again changes nothing.
     *
     * @throws IllegalArgumentException when the level is not 0 to 100
     * @throws UncheckedIOException when it cannot be kept. A lower level holds all the same until a restart; a higher one does not, for
     *     a restart would close again what people rely on by then
     */
    public synchronized void set(int value, String reason) {
        if (value < 0 || value > NORMAL) {
            throw new IllegalArgumentException("functionality level " + value + " must be 0 to 100");
        }
        Standing before = standing;
        if (before.value() == value) {
            return;
        }
        String line = reason.lines().collect(Collectors.joining(" "));
        Standing next = new Standing(value, line.substring(0, Math.min(LONGEST_REASON, line.length())));
        try {
            keep(next);
        } catch (IOException e) {
            if (value < before.value()) {
                become(before, next);
            }
            throw new UncheckedIOException(
                    "the functionality level " + value + " cannot be kept in " + file + " (" + e.getMessage() + "): "
                            + (value < before.value()
                                    ? "it holds now and is forgotten by a restart"
                                    : "it stays at " + before.value())
                            + "; make room or give the folder to this account, then set it again",
                    e);
        }
        become(before, next);
    }

    private void keep(Standing next) throws IOException {
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes =
                    ByteBuffer.wrap((next.value() + " " + next.reason() + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void become(Standing before, Standing next) {
        standing = next;
        List<Feature> closed = new ArrayList<>();
        List<Feature> opened = new ArrayList<>();
        for (Feature feature : features) {
            boolean was = before.value() >= feature.threshold();
            boolean is = next.value() >= feature.threshold();
            if (was && !is) {
                closed.add(feature);
            } else if (is && !was) {
                opened.add(feature);
            }
        }
        Change change = new Change(before.value(), next.value(), next.reason(), closed, opened);
        for (Consumer<Change> listener : listeners) {
            teller.execute(() -> listener.accept(change));
        }
    }

    /** Lets go of the listeners' thread; the level stays readable. */
    @Override
    public void close() {
        teller.shutdown();
    }
}
