package io.prontuario.ha.model;

/**
 * What an approver says by now.
 *
 * @param kind what
 * @param by who says so; empty while nobody does
 */
public record ApprovalAnswer(Kind kind, String by) {
    /** Nobody has answered. */
    public static final ApprovalAnswer NOT_YET = new ApprovalAnswer(Kind.NOT_YET, "");

    /** What an approver can say. */
    public enum Kind {
        /** Nothing yet: ask again. */
        NOT_YET,
        /** Go. */
        GRANTED,
        /** Do not. */
        DENIED
    }
}
