package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.local.Signals;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.HeardLog;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.spi.ClusterStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * {@code ASYNC} on three real nodes with a fencer: a script that kills the server of whom it is asked for, as a power switch does, writes down that
 * it was run, and fails while it is unplugged.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class AsyncIT {
    private static final long MAX_LAG = 256 << 10;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String SCRIPT = """
            #!/bin/sh
            cd "$(dirname "$0")" || exit 2
            if [ -e unplugged ]; then
              echo "$1 in $PRONTUARIO_EPOCH: failed" >> runs
              echo "no answer from the power switch of $1" >&2
              exit 1
            fi
            server=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
            [ -z "$server" ] || kill -9 "$server" $(ps -A -o ppid= -o pid= | awk -v of="$server" '$1 == of { print $2 }') 2>/dev/null
            echo "$1 in $PRONTUARIO_EPOCH: killed" >> runs
            """;

    private static RealPair three;
    private static Path folder;
    private static ClusterStore store;

    @BeforeAll
    static void startThree() throws Exception {
        three = RealPair.startThreeInAsync("fenced", place -> {
            folder = place;
            Path script = Files.writeString(place.resolve("fence"), SCRIPT);
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
            return List.of(
                    "fencer:", "  command: [ \"" + script + "\", \"{node}\" ]", "  max-lag: " + MAX_LAG / 1024 + "KiB");
        });
        NodeConfig config = NodeConfig.read(three.file("studio-1"));
        store = config.openStore();
        store.start(config.cluster(), new NodeName("reader"), () -> {});
        awaitThatAllFollow("studio-1");
        three.execute("studio-1", "create table given (entry text)");
    }

    @AfterAll
    static void endEverything() {
        if (store != null) {
            store.close();
        }
        if (three != null) {
            three.close();
        }
    }

    /** The former primary's host only sleeps: had the fencer not ended its server, it would go on acknowledging when it wakes up. */
    @Test
    @Order(1)
    void whoHasReceivedMostTakesOverOnceTheFencerHasSucceededAndNotBefore() throws Exception {
        unplugFencer();
        cutOff("studio-3");
        write("studio-1", MAX_LAG / 4);
        awaitReceived("studio-2", logOf("studio-1"));
        three.freezeHost("studio-1");
        three.startAgent("studio-3");

        soon().until(() -> runs().size() >= 2);
        awaitSaid("studio-1[.]\\w+ is not fenced, so nobody takes over: .* ended with 1: no answer from the power"
                + " switch of studio-1[.] It is tried again");
        assertEquals(
                List.of("studio-1 in 1: failed"), runs().stream().distinct().toList());
        // Its agent has never seen it receive anything.
        soon().until(() -> data("studio-3")
                .filter(seen -> seen.runsAs(ServerMode.STANDBY) && seen.receiver() == null && seen.timeline() == 1)
                .isPresent());
        assertEquals("studio-1", record().primary().node().value());

        plugFencerIn();
        awaitPrimary("studio-2", 2);
        List<String> runs = runs();
        assertEquals("studio-1 in 1: killed", runs.get(runs.size() - 1));
        List<StepRecord> steps = soon().until(
                        () -> stepsOf(record().transitionId()),
                        all -> all.stream().anyMatch(is("nominated")));
        assertTrue(
                steps.stream()
                        .filter(is("fenced"))
                        .anyMatch(step -> step.outcome().equals("done")),
                steps::toString);
        find(
                "whatever studio-2[.]\\w+ does not hold is lost \\(ASYNC\\): \\d+ bytes, as its log went to"
                        + " [0-9A-F]+/[0-9A-F]+ when that was last heard, \\d+ ms ago, and what was written since",
                steps.stream().filter(is("detected")).findFirst().orElseThrow().detail());

        three.killAgent("studio-1");
        three.startAgent("studio-1");
        awaitThatAllFollow("studio-2");
    }

    @Test
    @Order(2)
    void whoLacksMoreThanMaxLagIsLeftToAPersonAndNobodyIsFencedForIt() throws Exception {
        List<String> before = runs();
        String copy = data("studio-2").map(DataStatus::copy).orElseThrow().toString();
        three.execute("studio-2", "insert into given values ('both')");
        awaitReceived("studio-1", logOf("studio-2"));
        cutOff("studio-1");
        // One that remembers, and cannot take over.
        Signals.freeze(three.server("studio-3").pids());
        write("studio-2", 4 * MAX_LAG);
        long written = logOf("studio-2");
        soon().until(() -> data("studio-2")
                .filter(seen -> seen.receivedPosition() >= written)
                .isPresent());
        // Those who have heard that tell it once it does not tell it itself.
        Signals.freeze(three.server("studio-2").pids());
        awaitHung("studio-3");
        soon().until(() -> Optional.ofNullable(store.nodes().get(new NodeName("studio-3")))
                .map(NodeStatus::heard)
                .map(HeardLog::position)
                .filter(position -> position >= written)
                .isPresent());
        three.loseHost("studio-2");
        three.startAgent("studio-1");

        String bytes = awaitSaid(
                        "no takeover; studio-1[.]\\w+ lacks (\\d+) bytes of the log of studio-2[.]\\w+, more than "
                                + MAX_LAG
                                + "[.] Bring studio-2 back, or decide what to give up: ha failover --accept-loss")
                .group(1);
        assertTrue(Long.parseLong(bytes) > 4 * MAX_LAG, bytes);
        assertEquals(before, runs());
        assertEquals(2, record().epoch());

        HaProcess.Result done = three.ha("failover", "--to", "studio-1", "--accept-loss", "--confirm", "studio-2");
        assertEquals(0, done.exit(), done.output());
        find(
                "whatever studio-2 has acknowledged beyond that is lost, \\d{7,} bytes of log: its log went to"
                        + " [0-9A-F]+/[0-9A-F]+ when that was last heard, \\d+ ms ago",
                done.output());
        awaitPrimary("studio-1", 3);
        assertEquals(List.of("both"), three.query("studio-1", "select entry from given where length(entry) < 9"));
        assertEquals(before, runs());

        Signals.thaw(three.server("studio-3").pids());
        three.startAgent("studio-2");
        awaitThatAllFollow("studio-1");
        // What only it held is gone, and with it the copy that held it.
        assertNotEquals(
                copy, data("studio-2").map(DataStatus::copy).orElseThrow().toString());
        List<String> kept = three.query("studio-1", "select count(*) from given");
        for (String node : RealPair.THREE) {
            soon().untilAsserted(() -> assertEquals(kept, three.query(node, "select count(*) from given")));
        }
    }

    @Test
    @Order(3)
    void aStandbyWhoseAgentIsStartedAnewAfterThePrimarysLossTakesOver() throws Exception {
        Signals.freeze(three.server("studio-3").pids());
        awaitHung("studio-3");
        unplugFencer();
        three.loseHost("studio-1");
        soon().until(() ->
                three.query("studio-2", "select pid from pg_stat_wal_receiver").isEmpty());
        three.killAgent("studio-2");
        three.startAgent("studio-2");
        soon().until(() -> three.said("studio-2").contains("not yet certified standby of studio-1."));
        // By the status of this agent it could take over: nobody is fenced for one of whom it is not known what it
        // lacks.
        int before = runs().size();
        soon().until(() -> runs().size() > before);
        assertFalse(runs().contains("studio-1 in 3: killed"));

        plugFencerIn();
        awaitPrimary("studio-2", 4);
        assertTrue(runs().contains("studio-1 in 3: killed"));
    }

    /** On a busy machine the store and the servers may be away for a moment. */
    private static ConditionFactory soon() {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions();
    }

    /** Receives nothing more and is not looked after, until its agent is started again. */
    private static void cutOff(String node) throws SQLException {
        three.killAgent(node);
        three.execute(node, "alter system set primary_conninfo = ''");
        three.execute(node, "select pg_reload_conf()");
        soon().until(() ->
                three.query(node, "select pid from pg_stat_wal_receiver").isEmpty());
    }

    /** Its agent lives and says so. */
    private static void awaitHung(String node) {
        soon().until(() -> data(node)
                .filter(seen -> seen.condition() == ServerCondition.HUNG)
                .isPresent());
    }

    private static void write(String node, long bytes) throws SQLException {
        three.execute(
                node,
                "insert into given select repeat(md5(i::text), 16) from generate_series(1, " + bytes / 512 + ") i");
    }

    /** The end of what its server has flushed. */
    private static long logOf(String node) throws SQLException {
        return Long.parseLong(three.query(node, "select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')")
                .get(0));
    }

    private static void awaitReceived(String node, long position) {
        soon().until(() -> Long.parseLong(three.query(node, "select pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')")
                        .get(0))
                >= position);
    }

    private static void unplugFencer() throws IOException {
        Files.createFile(folder.resolve("unplugged"));
    }

    private static void plugFencerIn() throws IOException {
        Files.delete(folder.resolve("unplugged"));
    }

    /** Whom the script was asked for, in which epoch, and what it did. */
    private static List<String> runs() throws IOException {
        Path runs = folder.resolve("runs");
        return Files.exists(runs) ? Files.readAllLines(runs) : List.of();
    }

    private static List<StepRecord> stepsOf(String transitionId) {
        return store.history(50, LIMIT).stream()
                .filter(one -> one.transitionId().equals(transitionId))
                .flatMap(one -> one.steps().stream())
                .toList();
    }

    private static Predicate<StepRecord> is(String step) {
        return record -> record.step().equals(step);
    }

    private static ClusterState record() {
        return soon().until(() -> store.read(LIMIT), Optional::isPresent)
                .orElseThrow()
                .state();
    }

    private static Optional<DataStatus> data(String node) {
        return Optional.ofNullable(store.nodes().get(new NodeName(node))).map(NodeStatus::data);
    }

    private static void awaitPrimary(String node, long epoch) {
        soon().until(() -> {
            ClusterState now = record();
            return now.active()
                    && now.epoch() == epoch
                    && now.primary().node().value().equals(node);
        });
    }

    private static void awaitThatAllFollow(String primary) {
        soon().until(() -> record().transition() == null
                && RealPair.THREE.stream()
                        .filter(node -> !node.equals(primary))
                        .allMatch(node -> data(node)
                                .filter(seen -> seen.runsAs(ServerMode.STANDBY))
                                .map(DataStatus::receiver)
                                .filter(Receiver::streaming)
                                .filter(stream -> new NodeName(primary).equals(stream.node()))
                                .isPresent()));
    }

    /** Whoever coordinates says it. */
    private static MatchResult awaitSaid(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return soon().until(
                        () -> RealPair.THREE.stream()
                                .flatMap(node ->
                                        pattern.matcher(three.said(node)).results())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static void find(String regex, String text) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        assertTrue(matcher.find(), () -> "no '" + regex + "' in: " + text);
    }
}
