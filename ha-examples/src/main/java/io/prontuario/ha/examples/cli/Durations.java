package io.prontuario.ha.examples.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Durations as people write them. */
final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\s*(s|m|h|d)");

    private Durations() {}

    static Duration parse(CommandLine command, String option, String text, Duration most) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new ParameterException(command, option + " is '" + text + "', expected such as 90s, 30m, 2h or 7d");
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration read = switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
        if (read.compareTo(most) > 0) {
            throw new ParameterException(command, option + " is '" + text + "', at the most " + text(most));
        }
        return read;
    }

    static String text(Duration time) {
        if (time.toMillis() < 10_000) {
            return time.toMillis() + " ms";
        }
        return time.toHours() > 48
                ? time.toDays() + " d"
                : time.toMinutes() > 120
                        ? time.toHours() + " h"
                        : time.toSeconds() > 120 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
