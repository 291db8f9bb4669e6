package io.prontuario.ha.examples.demo;

import java.util.List;

/** A fault that only has to be let loose. */
public interface Fault {
    /** What it will do, with the processes that it is about. */
    String description();

    /**
     * Does it and sees that it has happened.
     *
     * @throws IllegalStateException when it has not
     */
    void inject();

    /** Gives back what does not come back by itself: a machine that is switched on again. */
    default void restore() {}

    /**
     * Looks at what has to be so besides, once the cluster is redundant again.
     *
     * @throws IllegalStateException when it is not
     */
    default void verify() {}

    /** What it has seen by then that is worth a line. */
    default List<String> told() {
        return List.of();
    }
}
