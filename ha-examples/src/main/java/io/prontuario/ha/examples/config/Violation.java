package io.prontuario.ha.examples.config;

import java.io.Serializable;

/**
 * One thing that is wrong with a file.
 *
 * @param line where, from 1; 0 when it is about the file as a whole
 * @param text the key, what is wrong with it and what to write instead
 */
public record Violation(int line, String text) implements Serializable {
    static Violation ofWholeFile(String text) {
        return new Violation(0, text);
    }

    @Override
    public String toString() {
        return line == 0 ? text : "line " + line + ": " + text;
    }
}
