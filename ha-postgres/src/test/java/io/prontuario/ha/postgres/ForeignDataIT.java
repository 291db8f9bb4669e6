package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a rejoin never destroys. */
class ForeignDataIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void aServerOfAnotherClusterAtThePrimarysAddressIsNotCopied() {
        LabServer node = lab.primary("studio-1");
        node.execute("create table ours (id int)");
        LabServer stranger = lab.primary("stranger");

        Outcome outcome = node.rejoin().run(stranger.address(), node.server().systemIdentifier(), LabServer.CONSENT);

        assertEquals(Outcome.Kind.REFUSED, outcome.kind(), outcome.detail());
        assertEquals("0", node.value("select count(*) from ours"));
    }

    @Test
    void aStoppedDatabaseOfSomebodyElseIsNotReplacedByACopy() throws IOException {
        LabServer primary = lab.primary("studio-1");
        LabServer other = lab.primary("studio-2");
        other.stop();
        Files.delete(other.server().state().resolve("copy"));

        Outcome outcome = other.rejoin().run(primary.address(), primary.server().systemIdentifier(), LabServer.CONSENT);

        assertEquals(Outcome.Kind.REFUSED, outcome.kind(), outcome.detail());
        assertTrue(other.server().exists());
    }

    /** Such as the server of a pair that somebody is about to adopt: the same database, and its own. */
    @Test
    void aServerOfTheSameDatabaseThatNoAgentMadeIsNotReplacedByACopy() throws IOException {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        Files.delete(standby.server().state().resolve("copy"));

        Outcome outcome =
                standby.rejoin().run(primary.address(), primary.server().systemIdentifier(), LabServer.CONSENT);

        assertEquals(Outcome.Kind.REFUSED, outcome.kind(), outcome.detail());
        assertTrue(outcome.detail().contains("ha adopt"), outcome.detail());
        assertEquals("t", standby.value("select pg_is_in_recovery()"));
    }

    @Test
    void filesThatAreNoDataDirectoryAreLeftAlone() throws IOException {
        LabServer primary = lab.primary("studio-1");
        LabServer node = lab.absent("studio-2");
        Path letter = Files.createDirectories(node.data()).resolve("letter.txt");
        Files.writeString(letter, "dear");

        Outcome outcome = node.rejoin().run(primary.address(), primary.server().systemIdentifier(), LabServer.CONSENT);

        assertEquals(Outcome.Kind.REFUSED, outcome.kind(), outcome.detail());
        assertTrue(Files.exists(letter));
    }
}
