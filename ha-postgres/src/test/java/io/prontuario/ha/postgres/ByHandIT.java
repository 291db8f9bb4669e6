package io.prontuario.ha.postgres;

import static io.prontuario.ha.postgres.PairOfNodes.soon;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Versioned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody does behind the agents' backs to a standby, to its names, to the record and to what lies beside the data. One pair for all of it. */
class ByHandIT {
    private static final String ENTRIES = "select string_agg(entry, ',' order by entry) from by_hand";
    /** Several looks of an agent. */
    private static final Duration WHILE = Duration.ofMillis(700);

    private static PostgresLab lab;
    private static PairOfNodes pair;

    private NodeName primary;
    private NodeName standby;
    private ClusterState before;

    @BeforeAll
    static void startAPair(@TempDir Path folder) {
        lab = new PostgresLab();
        pair = new PairOfNodes(lab, folder);
    }

    @AfterAll
    static void endEverything() {
        pair.close();
        lab.close();
    }

    @BeforeEach
    void redundant() throws Exception {
        pair.awaitRedundant();
        before = pair.state();
        primary = before.primary().node();
        standby = pair.standby();
        pair.forgetEvents();
        pair.execute(primary, "drop table if exists by_hand");
        pair.execute(primary, "create table by_hand (entry text)");
    }

    /** The store is away meanwhile: otherwise its agent has ended the promoted server before anybody could be told anything there. */
    @Test
    void aStandbyThatIsPromotedAcknowledgesNothingAndIsCopiedAnew() throws Exception {
        pair.storeStops();
        pair.server(standby).promoteNaively();
        PendingCommit there = pair.server(standby).commitInBackground("insert into by_hand values ('there')");
        there.awaitWaiting(pair.server(standby));
        assertFalse(there.acknowledgedWithin(WHILE.toMillis()));
        pair.storeIsBack();

        soon().until(() -> !pair.state().inSync().equals(before.inSync()));
        pair.awaitRedundant();

        assertFalse(there.acknowledged());
        assertEquals(before.primary(), pair.state().primary());
        assertNotEquals(before.inSync(), pair.state().inSync());
        pair.execute(primary, "insert into by_hand values ('here')");
        soon().until(() -> pair.value(standby, ENTRIES).equals("here"));
    }

    @Test
    void namesOfAStandbyAreSetBackToTheGateAndItsCertificateStays() throws Exception {
        pair.execute(standby, "alter system set synchronous_standby_names = ''");
        pair.execute(standby, "select pg_reload_conf()");

        String gate = ServerNames.gate().setting();
        soon().until(() -> gate.equals(pair.server(standby).namesSession().inFile())
                && gate.equals(pair.value(standby, "show synchronous_standby_names")));
        assertEquals(before.inSync(), pair.state().inSync());
    }

    @Test
    void namesOfThePrimaryThatWaitForNobodyCostTheCertificateAndAreSetRight() throws Exception {
        pair.execute(primary, "alter system set synchronous_standby_names = ''");
        pair.execute(primary, "select pg_reload_conf()");

        Copy certified = pair.server(standby).copy();
        soon().until(() -> pair.alarmed(primary, "do not wait for " + certified)
                && pair.said(primary, "decertified " + certified));
        pair.awaitRedundant();
        assertEquals(before.inSync(), pair.state().inSync());
        String names = ServerNames.waitingFor(List.copyOf(before.inSync())).setting();
        soon().until(() -> names.equals(pair.value(primary, "show synchronous_standby_names")));
    }

    @Test
    void withoutARecordThePrimaryServesAndAgentsLeaveServersAloneAndNobodyWritesAnother() throws Exception {
        Versioned deleted = pair.hand.read(PairOfNodes.LIMIT).orElseThrow();
        pair.ensemble.deleteRecord(PairOfNodes.CLUSTER);
        for (NodeName node : List.of(primary, standby)) {
            soon().until(() -> pair.node(node).view().orElseThrow().state() == null);
        }

        pair.execute(primary, "insert into by_hand values ('acknowledged')");
        soon().until(() -> primaryPage() == 200);
        pair.kill(standby);
        soon().until(() -> pair.server(standby).server().pid().isEmpty());
        soon().during(WHILE)
                .until(() -> pair.server(standby).server().pid().isEmpty()
                        && pair.hand.read(PairOfNodes.LIMIT).isEmpty());
        soon().until(() -> primaryPage() == 200);

        pair.ensemble.restoreRecord(PairOfNodes.CLUSTER, deleted);
        pair.awaitRedundant();
        assertEquals(before.primary(), pair.state().primary());
        soon().until(() -> pair.value(standby, ENTRIES).equals("acknowledged"));
    }

    @Test
    void dataOfAStandbyWhoseCopyIdIsGoneIsNotReplacedBeforeAPersonHasLookedAtIt() throws Exception {
        Copy certified = pair.server(standby).copy();
        String server = postmaster(standby);

        Files.delete(id(standby));

        soon().until(() -> pair.state().inSync().isEmpty() && pair.alarmed(standby, "ha adopt"));
        assertEquals(server, postmaster(standby));
        pair.execute(primary, "insert into by_hand values ('acknowledged')");

        pair.server(standby).identity().adopt(certified);
        pair.awaitRedundant();
        // The same copy: it was not replaced, though a rejoin that was just being tried may have started it again.
        assertEquals(Set.of(certified), pair.state().inSync());
    }

    @Test
    void aPrimaryWhoseCopyIdIsGoneGetsNoTrafficAndServesAgainOnceItIsBack() throws Exception {
        Copy copy = pair.server(primary).copy();

        Files.delete(id(primary));

        soon().until(() -> primaryPage() == 503 && pair.alarmed(primary, "no copy id"));
        soon().during(WHILE).until(() -> pair.state().primary().equals(before.primary()));
        pair.server(primary).identity().adopt(copy);
        soon().until(() -> primaryPage() == 200);
        pair.execute(primary, "insert into by_hand values ('acknowledged')");
    }

    private int primaryPage() {
        return pair.node(primary).page("/primary", "").orElseThrow().status();
    }

    private static Path id(NodeName node) {
        return pair.server(node).server().state().resolve("copy");
    }

    private static String postmaster(NodeName node) throws IOException {
        return Files.readAllLines(pair.server(node).data().resolve("postmaster.pid"))
                .get(0);
    }
}
