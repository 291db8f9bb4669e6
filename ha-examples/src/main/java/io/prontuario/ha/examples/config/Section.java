package io.prontuario.ha.examples.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A mapping of the file, with where each key stands. Collects violations instead of throwing, so that all of them can be told. */
final class Section {
    /** Nine digits are decades of anything, and cannot overflow. */
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");

    private static final String EMPTY = "is empty: give it a value or leave it out";

    private final String path;
    private final int line;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final Set<String> meant = new HashSet<>();
    private final List<Violation> violations;
    private final boolean mapping;

    private Section(String path, int line, @Nullable Node node, List<Violation> violations) {
        this.path = path;
        this.line = line;
        this.violations = violations;
        this.mapping = node == null || isNull(node) || node instanceof MappingNode;
        if (!mapping) {
            violate(line, name(), "must be a mapping of keys to values");
        }
        if (node instanceof MappingNode map) {
            read(map);
        }
    }

    private void read(MappingNode map) {
        for (NodeTuple tuple : map.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                violate(line(key), name(), "has a key that is not a word");
                continue;
            }
            Integer before = lines.putIfAbsent(scalar.getValue(), line(key));
            if (before == null) {
                values.put(scalar.getValue(), tuple.getValueNode());
            } else {
                violate(line(key), key(scalar.getValue()), "stands in line " + before + " already; keep one of them");
            }
        }
    }

    /** The whole file. */
    static Section root(@Nullable Node node, List<Violation> violations) {
        return new Section("", 1, node, violations);
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    /** Every key that is not one of these is a violation, with the one that was probably meant. */
    Section allow(String... keys) {
        List<String> known = List.of(keys);
        for (Map.Entry<String, Integer> entry : lines.entrySet()) {
            if (!known.contains(entry.getKey())) {
                Optional<String> nearest = Nearest.of(entry.getKey(), known);
                nearest.ifPresent(meant::add);
                String hint = nearest.map(word -> "did you mean '" + word + "'?")
                        .orElse("known keys: " + String.join(", ", known));
                violate(entry.getValue(), key(entry.getKey()), "is not a known key; " + hint);
            }
        }
        return this;
    }

    /** False when something else than keys and values stands there, which is a violation already. */
    boolean isMapping() {
        return mapping;
    }

    /** Whether the key stands there, with a value or without. */
    boolean has(String key) {
        return values.containsKey(key);
    }

    List<String> keys() {
        return List.copyOf(values.keySet());
    }

    Section section(String key) {
        return new Section(key(key), lines.getOrDefault(key, line), values.get(key), violations);
    }

    /** Reads a value that must be there. */
    <T> Optional<T> required(String key, String example, Function<String, T> reader) {
        Node node = values.get(key);
        if (node == null || isNull(node)) {
            missing(key, "for example: " + key + ": " + example);
            return Optional.empty();
        }
        return read(key, reader);
    }

    /** A key that must be there is not; said unless another one is there that was told to mean it. */
    void missing(String key, String hint) {
        if (!meant.contains(key)) {
            violate(key, "is missing; " + hint);
        }
    }

    /** Reads a value; what the reader throws becomes a violation of this key. Empty when there is none or it is wrong. */
    <T> Optional<T> read(String key, Function<String, T> reader) {
        Node node = values.get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (!(node instanceof ScalarNode scalar)) {
            violate(key, "must be a single value");
            return Optional.empty();
        }
        String text = scalar.getValue().strip();
        if (text.isEmpty()) {
            violate(key, EMPTY);
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(text));
        } catch (IllegalArgumentException e) {
            violate(key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    Optional<String> text(String key) {
        return read(key, Function.identity());
    }

    Duration duration(String key, Duration otherwise) {
        return read(key, Section::parseDuration).orElse(otherwise);
    }

    static Duration parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is '" + text + "', not a duration; write for example 500ms, 2s or 5m");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** The items of a list; a single value is a list of one. Empty when there is none or it is wrong. */
    Optional<List<String>> list(String key) {
        Node node = values.get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (isNull(node)) {
            violate(key, EMPTY);
            return Optional.empty();
        }
        List<String> all = new ArrayList<>();
        for (Node item : node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node)) {
            if (item instanceof ScalarNode scalar && !isNull(item)) {
                all.add(scalar.getValue().strip());
            } else {
                violate(line(item), key(key), "must be a list of single values");
                return Optional.empty();
            }
        }
        return Optional.of(all);
    }

    /** @param what the rest of a sentence that begins with the key, or a sentence of its own */
    void violate(String key, String what) {
        violate(lines.getOrDefault(key, line), key(key), what);
    }

    private void violate(int at, String key, String what) {
        boolean goesOn = what.startsWith("is ")
                || what.startsWith("must ")
                || what.startsWith("has ")
                || what.startsWith("stands ");
        violations.add(new Violation(at, key + (goesOn ? " " : ": ") + what));
    }

    private String name() {
        return path.isEmpty() ? "the file" : path;
    }

    private String key(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
