package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StartMode;
import io.prontuario.ha.spi.SyncControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The directory of the record's primary is put back as it was before commits that were acknowledged since. Its copy id lies beside it and is
 * the right one.
 */
class RightfulStartIT {
    private static final String ROWS = "select count(*) from lab_entry";

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void aPrimaryThatIsOlderThanItsCertifiedStandbyIsNotStartedInPlace() throws IOException {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        primary.stop();
        Path snapshot = primary.data().resolveSibling("snapshot");
        copy(primary.data(), snapshot);
        primary.start();
        standby.awaitStreamingFrom(primary);
        primary.awaitProven(standby);
        ClusterState certified = TestRecord.certified(TestRecord.activeOn(primary), standby);
        primary.execute("insert into lab_entry values (1, 'acknowledged')");
        standby.awaitCaughtUpWith(primary);
        SyncControl agent = primary.control(standby);

        // Killed as it is, it holds everything: nothing speaks against it.
        primary.loseHost();
        Outcomes.holds(agent.start(StartMode.PRIMARY_BEHIND_GATE, certified, LabServer.LIMIT));
        assertEquals("1", primary.value(ROWS));

        primary.loseHost();
        Durable.empty(primary.data());
        copy(snapshot, primary.data());
        Outcomes.is(
                Outcome.Kind.REFUSED,
                "this directory is older than what was acknowledged",
                agent.start(StartMode.PRIMARY_BEHIND_GATE, certified, LabServer.LIMIT));
        assertTrue(primary.server().pid().isEmpty());

        // Nobody to compare it with: it is started, and this is what the guard is for.
        standby.loseHost();
        Outcomes.holds(agent.start(StartMode.PRIMARY_BEHIND_GATE, certified, LabServer.LIMIT));
        assertEquals("0", primary.value(ROWS));
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(from)) {
            all = files.toList();
        }
        for (Path path : all) {
            Path target = to.resolve(from.relativize(path));
            if (!Files.isDirectory(target)) {
                Files.copy(path, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
            Files.setOwner(target, Files.getOwner(path));
        }
    }
}
