package io.prontuario.ha.postgres;

import static io.prontuario.ha.postgres.PairOfNodes.OLD;
import static io.prontuario.ha.postgres.PairOfNodes.TARGET;
import static io.prontuario.ha.postgres.PairOfNodes.soon;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.StandbyOrder;
import io.prontuario.ha.Switchover;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.StandbyTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

            putsRightWhatAHandHasChanged(pair);
            saysWhatItMayNotPutRightAndCertifiesNobodyMeanwhile(pair);
            restartsAStandbyThatHangs(pair);

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

    private static void restartsAStandbyThatHangs(PairOfNodes pair) {
        pair.server(TARGET).freeze();
        soon().until(() -> Optional.ofNullable(pair.hand.nodes().get(TARGET))
                .map(NodeStatus::data)
                .filter(data -> data.condition() == ServerCondition.HUNG)
                .isPresent());
        StandbyOrder order = StandbyOrder.on(pair.hand, StandbyTask.RESTART);

        Switchover.Result restarted = order.run(order.plan(TARGET), stage -> {});

        assertTrue(restarted.done(), restarted::message);
        pair.awaitRedundant();
    }

    private static void putsRightWhatAHandHasChanged(PairOfNodes pair) throws SQLException {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Connection before = pair.server(OLD).connect()) {
            // A statement that goes by the old value until it ends.
            PendingCommit statement = PendingCommit.start(before, "select pg_sleep(3600)", threads);
            soon().until(() -> pair.value(OLD, "select state from pg_stat_activity where pid = " + statement.pid())
                    .equals("active"));
            pair.execute(OLD, "alter system set synchronous_commit = off");
            pair.execute(OLD, "select pg_reload_conf()");

            soon().until(() -> pair.state().inSync().isEmpty()
                    && pair.value(OLD, "show synchronous_commit").equals("on"));
            // As long as it lasts, however often the agents look.
            soon().during(Duration.ofSeconds(1))
                    .until(() -> pair.state().inSync().isEmpty());

            pair.execute(OLD, "select pg_terminate_backend(" + statement.pid() + ")");
            pair.awaitRedundant();
        } finally {
            threads.shutdownNow();
        }

        for (NodeName node : List.of(OLD, TARGET)) {
            pair.execute(node, "alter system set fsync = off");
            pair.execute(node, "alter system set full_page_writes = off");
            pair.execute(node, "select pg_reload_conf()");
            soon().until(() -> pair.value(node, "show fsync").equals("on")
                    && pair.value(node, "show full_page_writes").equals("on"));
        }
        pair.awaitRedundant();
    }

    private static void saysWhatItMayNotPutRightAndCertifiesNobodyMeanwhile(PairOfNodes pair) throws SQLException {
        String right = " alter system on parameter synchronous_commit ";
        pair.execute(OLD, "revoke" + right + "from " + ROLE);
        pair.execute(OLD, "alter system set synchronous_commit = off");
        pair.execute(OLD, "select pg_reload_conf()");

        soon().until(() -> pair.state().inSync().isEmpty() && pair.alarmed(OLD, "ha postgres grants"));
        soon().during(Duration.ofSeconds(1)).until(() -> pair.state().inSync().isEmpty());
        assertEquals("off", pair.value(OLD, "show synchronous_commit"));

        pair.execute(OLD, "grant" + right + "to " + ROLE);
        pair.awaitRedundant();
        assertEquals("on", pair.value(OLD, "show synchronous_commit"));
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
