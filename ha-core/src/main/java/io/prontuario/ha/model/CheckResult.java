package io.prontuario.ha.model;

import java.util.OptionalDouble;

/**
 * What a health check found.
 *
 * @param ok whether it is as it should be
 * @param detail one line for a person, with the values it rests on
 * @param left how much is left of what is being used up, such as bytes of a disk; empty when nothing is
 */
public record CheckResult(boolean ok, String detail, OptionalDouble left) {
    /** It is as it should be. */
    public static CheckResult ok(String detail) {
        return new CheckResult(true, detail, OptionalDouble.empty());
    }

    /** It is not. */
    public static CheckResult failed(String detail) {
        return new CheckResult(false, detail, OptionalDouble.empty());
    }

    /** The same, with how much is left: the node follows it and says when it will be used up. */
    public CheckResult withLeft(double amount) {
        return new CheckResult(ok, detail, OptionalDouble.of(amount));
    }
}
