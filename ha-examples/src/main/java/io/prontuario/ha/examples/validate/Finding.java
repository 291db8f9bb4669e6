package io.prontuario.ha.examples.validate;

/**
 * One line of the checklist.
 *
 * @param area what it belongs to, such as {@code servers}; may be accepted as a whole
 * @param subject a node, a server, a proxy; empty when it is about the whole
 * @param level how bad
 * @param message what was seen
 * @param next what to do about it; empty when nothing
 */
public record Finding(String area, String subject, Level level, String message, String next) {
    /** How bad. */
    public enum Level {
        /** As it should be. */
        OK,
        /** It works, and will hurt one day. */
        WARN,
        /** It does not work, or not when it is needed. */
        FAIL
    }

    static Finding ok(String area, String subject, String message) {
        return new Finding(area, subject, Level.OK, message, "");
    }

    static Finding warn(String area, String subject, String message, String next) {
        return new Finding(area, subject, Level.WARN, message, next);
    }

    static Finding fail(String area, String subject, String message, String next) {
        return new Finding(area, subject, Level.FAIL, message, next);
    }

    /**
     * The same, of which a person has said that it is meant to be so.
     *
     * @param why as that person says it; may be empty
     */
    Finding accepted(String why) {
        String said = why.isEmpty() ? " (accepted)" : " (accepted: " + why + ")";
        return level == Level.OK ? this : new Finding(area, subject, Level.OK, message + said, "");
    }
}
