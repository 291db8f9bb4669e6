package io.prontuario.ha.model;

/** How the local server is, as its own agent sees it. */
public enum ServerCondition {
    /** Not known (yet, or the observation failed without saying anything about death). */
    UNKNOWN,
    /** No server process, or its watch connection broke and no process is left. */
    DOWN,
    /** A process is there but does not answer queries yet (recovery, start-up). */
    STARTING,
    /** Answers queries. */
    RUNNING,
    /** A process is there, but a new connection and a small local write failed again and again. */
    HUNG
}
