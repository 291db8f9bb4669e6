package io.prontuario.ha;

import java.util.regex.Pattern;

/**
 * Something that the host application does and can do without for a while.
 *
 * @param name what it is called on pages and in logs: 1 to 40 of {@code a-z 0-9 -}
 * @param threshold from which {@link FunctionalityLevel} on it is open, 0 to 100; at 0 it is always open
 */
public record Feature(String name, int threshold) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9-]{1,40}");

    public Feature {
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "feature name '" + name + "' must be 1 to 40 characters of a-z, 0-9 and '-'; choose another name");
        }
        if (threshold < 0 || threshold > FunctionalityLevel.NORMAL) {
            throw new IllegalArgumentException(
                    "threshold of feature '" + name + "' is " + threshold + ", must be 0 to 100");
        }
    }
}
