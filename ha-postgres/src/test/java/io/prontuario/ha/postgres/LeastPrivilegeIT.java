package io.prontuario.ha.postgres;

import static io.prontuario.ha.postgres.PairOfNodes.OLD;
import static io.prontuario.ha.postgres.PairOfNodes.TARGET;
import static io.prontuario.ha.postgres.PairOfNodes.soon;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.Switchover;
import io.prontuario.ha.model.NodeName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A pair of real servers whose agents are no superusers: what {@link AgentGrants} gives them is enough for all that they do. */
class LeastPrivilegeIT {
    private static final String ROLE = "prontuario_agent";

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @TempDir
    private Path folder;

    @Test
    void provesSwitchesOverTakesOverAndRewindsAndMayNotDoMore() throws Exception {
        try (PairOfNodes pair = new PairOfNodes(lab, folder)) {
            // Twice: whoever is not sure whether he has may run them again.
            pair.execute(OLD, AgentGrants.sql(ROLE));
            pair.execute(OLD, AgentGrants.sql(ROLE));
            for (NodeName node : List.of(OLD, TARGET)) {
                Files.writeString(
                        pair.server(node).data().resolve("pg_hba.conf"),
                        "host replication " + ROLE + " 127.0.0.1/32 trust\n",
                        StandardOpenOption.APPEND);
                pair.execute(node, "select pg_reload_conf()");
            }
            soon().until(() -> pair.value(TARGET, "select rolname from pg_roles where rolname = '" + ROLE + "'")
                    .equals(ROLE));
            pair.agentsBecome(ROLE);
            assertEquals("off", asAgent(pair, OLD, "show is_superuser"));

            Switchover.Result moved = pair.asked(TARGET).join();
            assertTrue(moved.done(), moved::message);
            pair.awaitRedundant();
            assertEquals(TARGET, pair.state().primary().node());
            assertEquals(pair.state().epoch() + "", pair.value(TARGET, "select epoch from prontuario.epoch"));
            assertEquals(
                    pair.state().epoch() + "",
                    pair.value(
                            TARGET,
                            "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = 'prontuario_epoch'"));

            pair.server(TARGET).loseHost();
            soon().until(() ->
                    pair.state().primary().node().equals(OLD) && pair.state().active());
            pair.awaitRedundant();
            soon().until(() -> pair.value(
                            OLD, "select usename from pg_stat_replication where application_name like 'studio-2%'")
                    .equals(ROLE));

            pair.execute(OLD, "create table patient (name text)");
            for (String forbidden : List.of(
                    "select * from patient",
                    "drop table patient",
                    "create role another",
                    "alter system set archive_command = 'true'",
                    "copy patient from program 'true'")) {
                SQLException refused = assertThrows(SQLException.class, () -> asAgent(pair, OLD, forbidden), forbidden);
                assertEquals("42501", refused.getSQLState(), () -> forbidden + ": " + refused.getMessage());
            }
        }
    }

    private static String asAgent(PairOfNodes pair, NodeName node, String sql) throws SQLException {
        try (Connection session = Sql.connect(pair.address(node), new Credentials(ROLE, ""), Duration.ofSeconds(5))) {
            if (sql.startsWith("show")) {
                return String.valueOf(Sql.value(session, sql));
            }
            Sql.execute(session, sql);
            return "";
        }
    }
}
