package io.prontuario.ha.examples.config;

/**
 * One thing that is wrong with a file.
 *
 * @param line where, from 1
 * @param text the key, what is wrong with it and what to write instead
 */
record Violation(int line, String text) {
    @Override
    public String toString() {
        return "line " + line + ": " + text;
    }
}
