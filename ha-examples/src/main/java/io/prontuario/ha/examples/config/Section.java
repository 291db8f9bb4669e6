package io.prontuario.ha.examples.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A mapping of the file, with where each key stands. Collects violations instead of throwing, so that all of them can be told. */
final class Section {
    private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h)");

    private final String path;
    private final int line;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final List<String> violations;

    Section(String path, @Nullable Node node, List<String> violations) {
        this.path = path;
        this.violations = violations;
        this.line = node == null ? 1 : line(node);
        if (node == null) {
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            violate(line, path.isEmpty() ? "the file" : path, "must be a mapping of keys to values");
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                values.put(key.getValue(), tuple.getValueNode());
                lines.put(key.getValue(), line(key));
            }
        }
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    /** Every key that is not one of these is a violation, with the nearest that is. */
    Section allow(String... keys) {
        for (Map.Entry<String, Integer> entry : lines.entrySet()) {
            if (!List.of(keys).contains(entry.getKey())) {
                String nearest = List.of(keys).stream()
                        .min(Comparator.comparingInt(key -> distance(key, entry.getKey())))
                        .orElse("");
                String hint = distance(nearest, entry.getKey()) <= 3
                        ? "did you mean '" + nearest + "'?"
                        : "known keys: " + String.join(", ", keys);
                violate(entry.getValue(), key(entry.getKey()), "is not a known key; " + hint);
            }
        }
        return this;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    List<String> keys() {
        return List.copyOf(values.keySet());
    }

    Section section(String key) {
        return new Section(key(key), values.get(key), violations);
    }

    Optional<String> text(String key) {
        Node node = values.get(key);
        if (node == null) {
            return Optional.empty();
        }
        if (node instanceof ScalarNode scalar) {
            return Optional.of(scalar.getValue().strip());
        }
        violate(line(node), key(key), "must be a single value");
        return Optional.empty();
    }

    /** A value that must be there. */
    String required(String key, String example) {
        Optional<String> text = text(key).filter(value -> !value.isEmpty());
        if (text.isEmpty() && !(values.get(key) instanceof SequenceNode)) {
            violate(lines.getOrDefault(key, line), key(key), "is missing; for example: " + key + ": " + example);
        }
        return text.orElse("");
    }

    /** Reads a value; what the reader throws becomes a violation of this key. */
    <T> Optional<T> read(String key, Function<String, T> reader) {
        return text(key).flatMap(text -> {
            try {
                return Optional.of(reader.apply(text));
            } catch (IllegalArgumentException e) {
                violate(lines.getOrDefault(key, line), key(key), String.valueOf(e.getMessage()));
                return Optional.empty();
            }
        });
    }

    Duration duration(String key, Duration otherwise) {
        return read(key, Section::parseDuration).orElse(otherwise);
    }

    private static Duration parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration; write for example 500ms, 2s or 5m");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    List<String> list(String key) {
        Node node = values.get(key);
        if (node == null) {
            return List.of();
        }
        List<String> all = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                if (item instanceof ScalarNode scalar) {
                    all.add(scalar.getValue().strip());
                } else {
                    violate(line(item), key(key), "must be a list of single values");
                }
            }
        } else if (node instanceof ScalarNode scalar) {
            all.add(scalar.getValue().strip());
        }
        return all;
    }

    void violate(String key, String what) {
        violate(lines.getOrDefault(key, line), key(key), what);
    }

    private void violate(int at, String key, String what) {
        violations.add("line " + at + ": " + key + " " + what);
    }

    private String key(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            row[column] = column;
        }
        for (int index = 1; index <= left.length(); index++) {
            int diagonal = row[0];
            row[0] = index;
            for (int column = 1; column <= right.length(); column++) {
                int change = diagonal + (left.charAt(index - 1) == right.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(change, Math.min(row[column], row[column - 1]) + 1);
            }
        }
        return row[right.length()];
    }
}
