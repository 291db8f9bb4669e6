package io.prontuario.ha.http;

/** What answers at a path. Called on a server's threads, several at a time; must not block. */
@FunctionalInterface
public interface Page {
    /** The answer of this moment. */
    Reply answer(Request request);
}
