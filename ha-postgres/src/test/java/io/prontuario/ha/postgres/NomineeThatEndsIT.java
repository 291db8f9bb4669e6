package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.RenominationCause;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.SyncControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A nominee that runs well as a standby and cannot make a new file for its log, as with a full disk: it ends each time that it is promoted,
 * and starts each time that it is started.
 */
class NomineeThatEndsIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void itRefusesInTheEndAndTheFormerPrimaryIsTakenBackWithEverything() throws IOException {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        primary.awaitProven(standby);
        ClusterState certified = TestRecord.certified(TestRecord.activeOn(primary), standby);
        try (Writers writers = Writers.start(primary, 2)) {
            writers.awaitMore(20);
            writers.stop();
            primary.loseHost();
            ClusterState toStandby = TestRecord.nominated(certified, standby.copy());
            SyncControl nominee = standby.control(primary);
            Path log = standby.data().resolve("pg_wal");
            // What a promotion needs room for: the history of its timeline, and a segment that is not there yet.
            Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("r-xr-x---"));
            List<Outcome> outcomes = new ArrayList<>();
            // As often as its agent would: between two tries it may still be starting.
            LabServer.await("a refusal").until(() -> {
                outcomes.add(nominee.promote(toStandby, LabServer.LIMIT));
                return last(outcomes).kind() == Outcome.Kind.REFUSED;
            });
            Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rwx------"));
            PostgresLab.tell("a nominee that ends when it is promoted: "
                    + outcomes.stream().map(Outcome::kind).toList() + ", "
                    + last(outcomes).detail());

            ClusterState back =
                    TestRecord.legal(Protocol.renominate(toStandby, primary.copy(), RenominationCause.REFUSED, "back"));
            SyncControl former = primary.control(standby);
            Outcomes.holds(former.promote(back, LabServer.LIMIT));
            ClusterState active = TestRecord.active(back, primary);
            Outcomes.holds(former.open(active, Protocol.namesWhenActive(active, List.of()), LabServer.LIMIT));
            assertEquals(Set.of(), writers.absentOn(primary));
            // And the nominee is of use again.
            Outcomes.holds(nominee.rejoin(active, LabServer.CONSENT, LabServer.LIMIT));
            standby.awaitStreamingFrom(primary);
        }
    }

    private static Outcome last(List<Outcome> outcomes) {
        return outcomes.get(outcomes.size() - 1);
    }
}
