package io.prontuario.ha.examples.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How users reach the database. */
public enum Shape {
    /** HTTP through HAProxy to two backends, each with a pool of this library that follows the primary. */
    HTTP("HTTP through HAProxy to two backends, each with its own FailoverDataSource"),
    /** Plain PostgreSQL clients through HAProxy's TCP frontend, with a connection each. */
    TCP("plain PostgreSQL clients through HAProxy's TCP frontend, with a connection each");

    private final String story;

    Shape(String story) {
        this.story = story;
    }

    /** For people. */
    public String story() {
        return story;
    }

    /** The shape of that name. */
    public static Optional<Shape> of(String label) {
        return Arrays.stream(values())
                .filter(shape -> shape.toString().equals(label))
                .findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
