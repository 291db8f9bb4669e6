package io.prontuario.ha.postgres;

import java.time.Duration;
import java.util.Set;
import org.awaitility.core.ConditionTimeoutException;

/** What is lost when the primary's host is lost and the standby takes over. */
final class Takeover {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int ENOUGH = 20;

    private Takeover() {}

    /**
     * The standby's stream breaks, clients write, the primary's host is lost, the standby takes over. Answers what was acknowledged to
     * a client and is absent on the standby; empty when clients rightly waited.
     */
    static Set<Long> lossAfterTheStreamBreaks(LabServer primary, LabServer standby) {
        standby.cutOffFromUpstream();
        return lossNow(primary, standby);
    }

    /** The same with the stream as it is. */
    static Set<Long> lossNow(LabServer primary, LabServer standby) {
        try (Writers writers = Writers.start(primary, 2)) {
            try {
                LabServer.await("acknowledged commits")
                        .atMost(PATIENCE)
                        .until(() -> writers.acknowledgedCount() >= ENOUGH);
            } catch (ConditionTimeoutException e) {
                // They wait for the standby, as they should when it does not get them.
                PostgresLab.tell("clients waited: " + writers.acknowledgedCount() + " commits in " + PATIENCE.toMillis()
                        + " ms");
            }
            primary.loseHost();
            standby.promoteNaively();
            standby.names("");
            Set<Long> absent = writers.absentOn(standby);
            PostgresLab.tell(writers.acknowledgedCount() + " commits acknowledged, " + absent.size() + " of them lost");
            return absent;
        }
    }
}
