package io.prontuario.ha.examples.cli;

import io.prontuario.ha.RecordRebuild;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.CommitPromise;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.RebuildPlan;
import io.prontuario.ha.model.RebuildQuestion;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Writes a record again, from what the nodes hold. */
@Command(
        name = "rebuild",
        mixinStandardHelpOptions = true,
        description = {
            "When the record is gone, or older than what the nodes remember: proposes one from what they hold, shows the evidence, and"
                    + " writes it once the name of the proposed primary was typed. A record that is put back from a copy is"
                    + " better: this one certifies nobody and knows nothing of a transition that was under way. The new record is paused"
                    + " (ha resume).",
            "Start ha node on every data node first: it changes nothing while the record is gone, and is asked what it holds.",
            "Exit status 0 when the record is written, 1 when that was refused; the message says why."
        })
final class StateRebuildCommand extends StoreCommand {
    private static final long STATUSES_MILLIS = 2_000;

    @Option(
            names = "--lost",
            paramLabel = "NODE",
            description = "A data node that is not heard and given up; may be repeated.")
    private List<String> lost = List.of();

    @Option(
            names = "--primary",
            paramLabel = "NODE",
            description =
                    "Who is to be the primary, when the evidence does not say it. Whatever it does not hold is lost.")
    @Nullable
    private String primary;

    @Option(
            names = "--durability",
            description = "What a commit waits for, when no node says it: one of ${COMPLETION-CANDIDATES}.")
    @Nullable
    private Durability durability;

    @Option(
            names = "--strict-minimum",
            defaultValue = "1",
            description =
                    "With --durability STRICT: how many certified standbys a commit needs. Default ${DEFAULT-VALUE}.")
    private int strictMinimum;

    @Option(
            names = "--confirm",
            paramLabel = "NODE",
            description = "The name of the proposed primary, instead of typing it when asked.")
    @Nullable
    private String confirmed;

    @Option(names = "--reason", defaultValue = "", description = "Why; kept in the audit trail.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String reason;

    @Option(names = "--dry-run", description = "Only show the evidence, and what would be written.")
    private boolean dryRun;

    @Override
    void check() {
        try {
            question(Set.of());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private RebuildQuestion question(Set<NodeName> nodes) {
        return new RebuildQuestion(
                nodes,
                lost.stream().map(NodeName::new).collect(Collectors.toSet()),
                primary == null ? null : new NodeName(primary),
                durability == null ? null : new CommitPromise(durability, strictMinimum),
                UUID.randomUUID().toString().substring(0, 8),
                Instant.now());
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) throws InterruptedException {
        Set<NodeName> nodes = read.postgres().servers().keySet();
        awaitAll(store, nodes);
        RecordRebuild rebuild = RecordRebuild.on(store);
        RebuildPlan plan = rebuild.plan(Evidence.of(store.nodes().values()), question(nodes));
        PrintWriter progress = progress(out);
        if (dryRun || !plan.possible()) {
            if (json) {
                out.println(GSON.toJson(asMap(plan)));
            } else {
                print(plan, out);
            }
            return dryRun && plan.possible() ? 0 : Ha.FAILED;
        }
        print(plan, progress);
        ClusterState proposed = Objects.requireNonNull(plan.proposed());
        Confirmation.require(
                spec, "the proposed primary", proposed.primary().node().value(), confirmed, progress);
        String what = "rebuilding the record, with " + proposed.primary() + " as primary of epoch " + proposed.epoch();
        rebuild.write(plan, Evidence.of(store.nodes().values()));
        // Afterwards: the trail lies beside a record, and there was none.
        Operator.note(store, AuditEntry.Kind.OPERATOR, what, reason, String.join("; ", plan.evidence()));
        if (json) {
            out.println(GSON.toJson(asMap(plan)));
        } else {
            out.println(
                    "written: " + proposed.primary()
                            + (proposed.active() ? " is the primary of epoch " : " is nominated in epoch ")
                            + proposed.epoch()
                            + "; the others rejoin and are proven anew. The cluster is paused: ha resume after a look at ha status");
        }
        return 0;
    }

    private void awaitAll(ClusterStore store, Set<NodeName> nodes) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STATUSES_MILLIS);
        while (!store.nodes().keySet().containsAll(nodes) && System.nanoTime() - until < 0) {
            boolean unused = changed.tryAcquire(100, TimeUnit.MILLISECONDS);
        }
    }

    private static void print(RebuildPlan plan, PrintWriter out) {
        ClusterState present = plan.present();
        out.println(present == null ? "there is no record" : "the record: " + text(present));
        out.println("what the nodes hold:");
        plan.evidence().forEach(line -> out.println("  " + line));
        PlanPrinter.print(plan.preconditions(), out);
        ClusterState proposed = plan.proposed();
        if (proposed != null) {
            out.println("proposed: " + text(proposed));
            out.println("risk: " + plan.risk());
        }
        out.println(plan.possible() ? "possible" : "not possible: " + String.join("; ", plan.whyNot()));
        out.flush();
    }

    private static String text(ClusterState state) {
        return "cluster " + state.clusterId() + ", epoch " + state.epoch() + ", primary " + state.primary()
                + (state.active() ? ", active" : ", nominated") + ", in sync " + state.inSync() + ", timeline "
                + state.timeline() + ", " + new CommitPromise(state.durability(), state.strictMinimum())
                + (state.paused() ? ", paused" : "");
    }

    private static Map<String, Object> asMap(RebuildPlan plan) {
        Map<String, Object> map = new LinkedHashMap<>();
        ClusterState present = plan.present();
        ClusterState proposed = plan.proposed();
        map.put("present", present == null ? "" : text(present));
        map.put("proposed", proposed == null ? "" : text(proposed));
        map.put("proposedPrimary", proposed == null ? "" : proposed.primary().toString());
        map.put("possible", plan.possible());
        map.put("whyNot", plan.whyNot());
        map.put("risk", plan.risk());
        map.put("evidence", plan.evidence());
        map.put("preconditions", PlanPrinter.asMaps(plan.preconditions()));
        return map;
    }
}
