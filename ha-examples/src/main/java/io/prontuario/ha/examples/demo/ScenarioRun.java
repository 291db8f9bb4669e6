package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.NodeEvent;
import io.prontuario.ha.examples.local.Waiting;
import io.prontuario.ha.examples.measure.Account;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.Ledger;
import io.prontuario.ha.examples.measure.Load;
import io.prontuario.ha.examples.measure.Prober;
import io.prontuario.ha.examples.measure.Writers;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.postgres.PostgresAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Runs a trial on a cluster while clients write through HAProxy, and accounts for every acknowledgement afterwards. */
public final class ScenarioRun {
    private static final int WRITERS = 4;
    private static final int WARM_UP_WRITES = 200;
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration TAKEOVER = Duration.ofSeconds(30);
    private static final Duration RECOVERY = Duration.ofSeconds(60);
    private static final Duration CATCH_UP = Duration.ofSeconds(10);
    private static final int WRITES_AFTERWARDS = 100;

    private final LocalCluster cluster;
    private final Path folder;
    private final Consumer<String> out;
    private int runs;

    /**
     * Runs on this cluster.
     *
     * @param folder for the ledgers
     * @param out told the time line as it happens
     */
    public ScenarioRun(LocalCluster cluster, Path folder, Consumer<String> out) {
        this.cluster = cluster;
        this.folder = folder;
        this.out = out;
    }

    /**
     * Runs one trial to its end. The cluster is redundant again afterwards if it passed.
     *
     * @throws SQLException when the tables cannot be created before the fault
     */
    public ScenarioResult run(Trial trial) throws SQLException {
        Clients clients = new Clients("127.0.0.1", cluster.proxy().port(), "postgres");
        clients.createTables();
        runs++;
        Path file = folder.resolve("acknowledged-" + runs + "-" + trial.label() + ".csv");
        try (Ledger ledger = new Ledger(file);
                Writers writers = new Writers(clients, ledger, Load.usual(WRITERS));
                Prober prober = new Prober(clients)) {
            return run(trial, ledger, writers, prober);
        }
    }

    private ScenarioResult run(Trial trial, Ledger ledger, Writers writers, Prober prober) {
        List<String> trouble = new ArrayList<>();
        Waiting.until(
                WARM_UP,
                WARM_UP_WRITES + " writes are acknowledged",
                () -> ledger.count() >= WARM_UP_WRITES && prober.count() >= WARM_UP_WRITES / 4);
        ClusterState before = cluster.state();
        Fault armed = trial.arm(cluster);
        AtomicBoolean over = new AtomicBoolean();
        awaitWriteInFlight(writers, trouble);
        Instant fault = Instant.now();
        long faultNanos = System.nanoTime();
        cluster.addListener(event -> {
            if (!over.get() && event.step() != null && event.epoch() > before.epoch()) {
                out.accept(line(fault, event));
            }
        });
        out.accept("  +     0 ms  fault        " + armed.description());
        Duration recertified = Duration.ZERO;
        Duration firstWrite = Duration.ZERO;
        try {
            armed.inject();
            firstWrite = awaitService(trial, before, ledger, faultNanos);
            armed.restore();
            awaitRedundant();
            recertified = Duration.ofNanos(System.nanoTime() - faultNanos);
            out.accept(String.format("  + %5d ms  redundant    %s again", recertified.toMillis(), standbys()));
            int soFar = ledger.count();
            Waiting.until(RECOVERY, "writes go on", () -> ledger.count() >= soFar + WRITES_AFTERWARDS);
            armed.verify();
            armed.told().forEach(out);
        } catch (IllegalStateException e) {
            trouble.add(String.valueOf(e.getMessage()));
        }
        over.set(true);
        writers.close();
        prober.close();
        Account account = account(ledger, trouble);
        judge(account, trouble);
        long epoch = cluster.readState().epoch();
        if (!trial.takeover() && epoch != before.epoch()) {
            trouble.add("nobody was to take over, but the epoch went from " + before.epoch() + " to " + epoch);
        }
        if (writers.mostReconnects() > trial.mostReconnects()) {
            trouble.add("a client had to connect anew " + writers.mostReconnects() + " times, " + trial.mostReconnects()
                    + " is allowed");
        }
        List<NodeEvent> steps = cluster.events().stream()
                .filter(event -> event.step() != null && event.epoch() > before.epoch())
                .sorted(Comparator.comparing(NodeEvent::ended))
                .toList();
        return new ScenarioResult(
                trial,
                fault,
                prober.outage(faultNanos),
                account.acknowledged(),
                account.lost().size(),
                account.doublyAcknowledged().size(),
                account.inDoubt(),
                writers.mostReconnects(),
                recertified,
                firstWrite,
                steps,
                trouble);
    }

    private static String line(Instant fault, NodeEvent event) {
        return String.format(
                "  + %5d ms  %-12s %s (%.0f ms) %s",
                Duration.between(fault, event.ended()).toMillis(),
                event.step(),
                event.node(),
                event.tookMillis(),
                detail(event));
    }

    private static String detail(NodeEvent event) {
        int colon = event.message().indexOf("): ");
        return colon < 0 ? "" : event.message().substring(colon + 3);
    }

    private static void awaitWriteInFlight(Writers writers, List<String> trouble) {
        try {
            // Any moment at which an answer is owed; the fault follows at once.
            long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            while (writers.inFlight() == 0) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("no write was in flight at the fault");
                }
                Thread.onSpinWait();
            }
        } catch (IllegalStateException e) {
            trouble.add(String.valueOf(e.getMessage()));
        }
    }

    /** Until a write is acknowledged in the new epoch, or, without a takeover, until writes go on; answers when the first one was. */
    private Duration awaitService(Trial trial, ClusterState before, Ledger ledger, long faultNanos) {
        long epoch = trial.primaryMayStay() ? before.epoch() : before.epoch() + 1;
        int soFar = ledger.count();
        // Whatever was acknowledged while the fault was still being made says nothing about the time after it.
        long since = trial.takeover() && trial.primaryMayStay() ? System.nanoTime() : faultNanos;
        Waiting.until(
                TAKEOVER,
                trial.takeover() ? "a write is acknowledged in epoch " + epoch : "writes go on without the standby",
                () -> ledger.acknowledgements().stream()
                                .anyMatch(one -> one.epoch() >= epoch && one.nanos() - since > 0)
                        && ledger.count() >= soFar + (trial.takeover() ? 0 : WRITES_AFTERWARDS));
        Duration first = ledger.acknowledgements().stream()
                .filter(one -> one.epoch() >= epoch && one.nanos() - since > 0)
                .map(one -> Duration.ofNanos(one.nanos() - faultNanos))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
        if (trial.takeover()) {
            out.accept(String.format("  + %5d ms  first write  acknowledged in epoch %d", first.toMillis(), epoch));
        }
        return first;
    }

    /** A certificate outlives a short absence of its standby, so it must be seen to stream as well. */
    private void awaitRedundant() {
        cluster.awaitRedundant(RECOVERY);
        Waiting.until(RECOVERY, "each certified standby streams", this::certifiedStandbysStream);
        cluster.awaitRedundant(RECOVERY);
    }

    private boolean certifiedStandbysStream() {
        PostgresAddress primary = cluster.primary().server();
        Clients clients = new Clients(primary.host(), primary.port(), "postgres");
        return cluster.state().inSync().stream().map(Copy::applicationName).allMatch(clients::seesStreaming);
    }

    private String standbys() {
        List<String> names = cluster.standbys().stream().map(LocalNode::name).toList();
        return names.size() == 1
                ? names.get(0) + " is a certified standby"
                : String.join(" and ", names) + " are certified standbys";
    }

    /** Reads every server; a standby may need a moment to replay what it holds. */
    private Account account(Ledger ledger, List<String> trouble) {
        List<Clients> servers = cluster.dataNodes().stream()
                .map(node -> new Clients(node.server().host(), node.server().port(), "postgres"))
                .toList();
        long end = System.nanoTime() + CATCH_UP.toNanos();
        Account account = null;
        String failure = "";
        do {
            try {
                account = Account.of(ledger, servers);
                failure = "";
            } catch (SQLException e) {
                failure = "a server cannot be read afterwards: " + e.getMessage();
            }
        } while ((account == null || !account.lost().isEmpty()) && System.nanoTime() - end < 0);
        if (account == null || !failure.isEmpty()) {
            trouble.add(failure);
        }
        return account == null ? new Account(ledger.count(), List.of(), List.of(), 0) : account;
    }

    private static void judge(Account account, List<String> trouble) {
        if (account.acknowledged() < Account.LEAST_ACKNOWLEDGED) {
            trouble.add("only " + account.acknowledged() + " writes were acknowledged, at least "
                    + Account.LEAST_ACKNOWLEDGED + " are needed to say anything");
        }
        if (!account.lost().isEmpty()) {
            trouble.add(account.lost().size() + " acknowledged writes are lost, first id "
                    + account.lost().get(0));
        }
        if (!account.doublyAcknowledged().isEmpty()) {
            trouble.add(account.doublyAcknowledged().size() + " writes were acknowledged by a deposed server");
        }
    }
}
