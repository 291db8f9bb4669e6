package io.prontuario.ha.model;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One value at one moment, for a monitoring system.
 *
 * @param name what is measured, in Prometheus' form: its unit last, {@code _total} on counters
 * @param type whether it only grows
 * @param help one sentence
 * @param labels which of several things of the name it is of; few and bounded, since each combination is a series of its own
 * @param value the value; may be infinite
 */
public record Measure(String name, Type type, String help, Map<String, String> labels, double value) {
    /** Whether a value only grows. */
    public enum Type {
        /** It goes up and down. */
        GAUGE,
        /** It only grows, from 0 at the start of the process. */
        COUNTER
    }

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

    public Measure {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("measure '" + name + "' must be of a-z, 0-9 and '_', a letter first");
        }
        labels.keySet().forEach(label -> {
            if (!NAME.matcher(label).matches()) {
                throw new IllegalArgumentException(
                        "label '" + label + "' of " + name + " must be of a-z, 0-9 and '_', a letter first");
            }
        });
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** A value that goes up and down. */
    public static Measure gauge(String name, String help, Map<String, String> labels, double value) {
        return new Measure(name, Type.GAUGE, help, labels, value);
    }

    /** A value that only grows. */
    public static Measure counter(String name, String help, Map<String, String> labels, double value) {
        return new Measure(name, Type.COUNTER, help, labels, value);
    }
}
