package io.prontuario.ha.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of data.
 *
 * @param bytes 0 or more
 */
public record DataSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*(|B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)");
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size of " + bytes + " bytes, must be 0 or more");
        }
    }

    /** That many MiB. */
    public static DataSize mebibytes(long number) {
        return new DataSize(Math.multiplyExact(number, 1L << 20));
    }

    /** That many GiB. */
    public static DataSize gibibytes(long number) {
        return new DataSize(Math.multiplyExact(number, 1L << 30));
    }

    /**
     * Reads a number of bytes, or one with a unit: {@code 16MB} is 16 000 000, {@code 16MiB} is 16 777 216.
     *
     * @throws IllegalArgumentException when it is anything else, or more than a {@code long} holds
     */
    public static DataSize parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no size: give bytes, or a number with kB, MB, GB, TB, KiB, MiB, GiB or TiB");
        }
        String unit = matcher.group(2);
        long factor = 1;
        int power = unit.isEmpty() ? 0 : "BKMGT".indexOf(Character.toUpperCase(unit.charAt(0)));
        for (int i = 0; i < power; i++) {
            factor *= unit.endsWith("iB") ? 1024 : 1000;
        }
        try {
            return new DataSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is more than can be counted in bytes", e);
        }
    }

    /** In the largest unit in which it is at least 1, such as {@code 98.4 GiB}. */
    @Override
    public String toString() {
        double value = bytes;
        int unit = 0;
        while (value >= 1024) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, BINARY[unit]);
    }
}
