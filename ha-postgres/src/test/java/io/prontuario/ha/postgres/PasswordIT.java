package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Servers that ask for a password, as all do that listen beyond loopback; and whose certificates are checked. */
class PasswordIT {
    private static final String PASSWORD = "it's a:\\secret";

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @TempDir
    private Path folder;

    @Test
    void copiesStreamsAndRewindsByTlsWithAPasswordThatStandsInNoArgumentAndNoOpenFile() throws IOException {
        lab.password(PASSWORD);
        TestAuthority authority = TestAuthority.in(folder);
        LabServer primary = lab.primary("studio-1", lab.certified(authority));
        assertEquals("scram-sha-256", primary.value("show password_encryption"));
        assertEquals("t", primary.value("select ssl from pg_stat_ssl where pid = pg_backend_pid()"));
        refused("no pg_hba.conf entry", new Credentials("postgres", PASSWORD), "disable", primary);
        Path others = TestAuthority.in(folder.resolve("others")).certificate();
        refused("PKIX path", new Credentials("postgres", PASSWORD, others), "", primary);
        Writers.table(primary);
        LabServer standby = lab.standby("studio-2", primary);
        assertEquals("t", primary.value("select bool_and(ssl) from pg_stat_ssl join pg_stat_replication using (pid)"));
        assertTrue(standby.server()
                .autoConf()
                .get("primary_conninfo")
                .orElseThrow()
                .contains("sslmode=verify-full"));
        primary.schema();
        primary.awaitProven(standby);
        assertFalse(standby.server()
                .autoConf()
                .get("primary_conninfo")
                .orElseThrow()
                .contains(PASSWORD));
        Path file = standby.server().state().resolve("pgpass");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));

        standby.awaitCaughtUpWith(primary);
        standby.cutOffFromUpstream();
        primary.execute("insert into lab_entry values (1, 'only here')");
        standby.promoteNaively();
        standby.namesInForce("");
        primary.loseHost();
        String way = primary.rejoin(standby);
        assertTrue(way.startsWith("rewound"), way);
        primary.awaitStreamingFrom(standby);
    }

    /** With nothing but loopback in between, by the driver as it is. */
    private static void refused(String why, Credentials credentials, String mode, LabServer server) {
        SQLException refusal = assertThrows(SQLException.class, () -> {
            if (mode.isEmpty()) {
                Sql.close(Sql.connect(server.address(), credentials, LabServer.LIMIT));
            } else {
                DriverManager.getConnection(
                                "jdbc:postgresql://" + server.address() + "/postgres?sslmode=" + mode,
                                credentials.user(),
                                credentials.password())
                        .close();
            }
        });
        String said = refusal.getMessage() + " " + refusal.getCause();
        assertTrue(said.contains(why), said);
    }

    @Test
    void aWrongPasswordIsNamedAndIsNoSignOfDeath() {
        lab.password(PASSWORD);
        LabServer primary = lab.primary("studio-1");
        PostgresServer wrong = new PostgresServer(
                lab.installation(),
                primary.data(),
                primary.server().state(),
                primary.address(),
                new Credentials("postgres", "wrong"),
                Ticker.system());
        primary.stop();
        String refusal = String.valueOf(assertThrows(PostgresException.class, () -> wrong.start(LabServer.LIMIT))
                .getMessage());
        assertTrue(refusal.contains("refuses user postgres"), refusal);
        assertTrue(refusal.contains("check postgres.user and postgres.password"), refusal);
        assertFalse(refusal.contains("wrong\""), refusal);

        try (LocalObserver observer = new LocalObserver(
                wrong,
                Map.of(),
                primary.identity(),
                new CleanStop(wrong, Ticker.system()),
                new VitalSettings(wrong, Ticker.system()),
                Ticker.system(),
                () -> {})) {
            assertEquals(ServerCondition.UNKNOWN, observer.refresh().condition());
            assertTrue(observer.latest().detail().contains("password authentication failed"));
        }
        Outcome outcome = new Rejoin(wrong, primary.identity(), new SettingsUpkeep(wrong, Map.of()), Optional.empty())
                .run(primary.address(), primary.server().systemIdentifier(), LabServer.CONSENT);
        Outcomes.is(Outcome.Kind.RETRY, "password authentication failed", outcome);
        assertEquals(primary.copy(), primary.identity().read().orElseThrow());
    }
}
