package io.prontuario.ha.examples.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What happens while the crowd is at work. */
public enum Phase {
    /** Nothing. */
    NORMAL("nothing happens"),
    /** A person asks for it. */
    SWITCHOVER("ha switchover to the standby"),
    /** The primary's server dies. */
    FAILOVER("kill -9 of the primary's server");

    private final String story;

    Phase(String story) {
        this.story = story;
    }

    /** For people. */
    public String story() {
        return story;
    }

    /** The phase of that name. */
    public static Optional<Phase> of(String label) {
        return Arrays.stream(values())
                .filter(phase -> phase.toString().equals(label))
                .findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
