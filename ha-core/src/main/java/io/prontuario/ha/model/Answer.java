package io.prontuario.ha.model;

/** What an observer can say of another host. */
public enum Answer {
    /** It was reached, or a message came from it. */
    REACHED,
    /** It was tried and was not reached. */
    UNREACHED,
    /** Nothing can be said: not tried, too many connections, wrong password. Says nothing about death. */
    UNKNOWN
}
