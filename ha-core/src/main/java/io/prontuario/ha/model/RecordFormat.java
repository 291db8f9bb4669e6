package io.prontuario.ha.model;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * In which format a record is written, and what stands in it that this version of the library has no name for.
 *
 * <p>The number is not that of whoever wrote it last: it is the lowest format that a node has to understand to act by the record. A later
 * version that only adds what others may ignore leaves it as it is; its additions are {@code unknown} here and outlive every write of a
 * node that does not know them. A version that gives the record another meaning raises the number, and nodes that do not understand it
 * leave everything as it is from then on.
 *
 * @param number at least 1
 * @param unknown the record's additional fields by their names, each as its JSON text
 */
public record RecordFormat(int number, Map<String, String> unknown) {

    /** The highest that this version of the library understands, and the one that it writes. */
    public static final int UNDERSTOOD = 1;

    /** What this version writes by itself. */
    public static final RecordFormat PRESENT = new RecordFormat(UNDERSTOOD, Map.of());

    public RecordFormat {
        if (number < 1) {
            throw new IllegalArgumentException("the record's format is " + number + ", must be at least 1");
        }
        SortedMap<String, String> sorted = new TreeMap<>(unknown);
        unknown = Collections.unmodifiableSortedMap(sorted);
    }

    /**
     * Why who understands formats up to {@code understood} must not act by this record, for a person; empty when he may.
     */
    public Optional<String> beyond(int understood) {
        return number <= understood
                ? Optional.empty()
                : Optional.of("the record is of format " + number + ", and this version of the library understands "
                        + understood
                        + ": a later version has written what this node cannot know the meaning of. Nothing"
                        + " is changed here, the server goes on as it is; update this node (docs/operations.md)");
    }

    @Override
    public String toString() {
        return unknown.isEmpty() ? Integer.toString(number) : number + " with " + unknown.keySet();
    }
}
