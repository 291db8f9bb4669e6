package io.prontuario.ha.simulation;

/** Something that must hold in every run does not. An error, so that nothing of what is under way goes on as if it had only failed. */
final class Broken extends Error {
    private static final long serialVersionUID = 1L;

    Broken(String promise) {
        super(promise);
    }

    Broken(String promise, Throwable cause) {
        super(promise, cause);
    }
}
