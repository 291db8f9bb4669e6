package io.prontuario.ha.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When the environment elsewhere is used, and who has to agree.
 *
 * @param after how long nobody on site has been able to serve before an emergency is asked for. Default 60 s, 5 s to 1 h. Shorter: it is
 *     asked for while a machine only starts anew
 * @param approvalNeeded whether somebody has to agree. Default true; without it the environment is woken at once
 * @param approvalTime how long an answer is awaited, counted by whoever coordinates; another coordinator counts anew. Default 15 min,
 *     10 s to 24 h
 * @param goWithoutAnswer what holds when no answer has come in that time. Default false: it is declined, and a person may still approve
 * @param drillLimit how long a rehearsal may wake before it goes back to sleep. Default 10 min, 10 s to 2 h
 */
public record EmergencyRules(
        Duration after, boolean approvalNeeded, Duration approvalTime, boolean goWithoutAnswer, Duration drillLimit) {
    /** The defaults above. */
    public static final EmergencyRules DEFAULT =
            new EmergencyRules(Duration.ofSeconds(60), true, Duration.ofMinutes(15), false, Duration.ofMinutes(10));

    /** Everything that is wrong with these rules, one sentence each; empty when they may be used. */
    public List<String> violations() {
        List<String> found = new ArrayList<>();
        within(found, "after", after, Duration.ofSeconds(5), Duration.ofHours(1));
        within(found, "approvalTime", approvalTime, Duration.ofSeconds(10), Duration.ofHours(24));
        within(found, "drillLimit", drillLimit, Duration.ofSeconds(10), Duration.ofHours(2));
        return List.copyOf(found);
    }

    private static void within(List<String> found, String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            found.add(name + " is " + value.toSeconds() + " s, must be between " + least.toSeconds() + " and "
                    + most.toSeconds() + " s");
        }
    }
}
