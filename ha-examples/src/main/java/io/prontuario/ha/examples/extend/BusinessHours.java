package io.prontuario.ha.examples.extend;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Set;

/**
 * When there is somebody.
 *
 * @param zone whose clocks
 * @param days on which days
 * @param from from when, inclusive
 * @param to until when, exclusive; later than {@code from} on the same day
 */
public record BusinessHours(ZoneId zone, Set<DayOfWeek> days, LocalTime from, LocalTime to) {
    public BusinessHours {
        days = Set.copyOf(days);
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException(
                    "hours from " + from + " to " + to + " never begin: the end must be later");
        }
    }

    /** Whether they are at that moment. */
    public boolean at(Instant moment) {
        ZonedDateTime there = moment.atZone(zone);
        LocalTime time = there.toLocalTime();
        return days.contains(there.getDayOfWeek()) && !time.isBefore(from) && time.isBefore(to);
    }
}
