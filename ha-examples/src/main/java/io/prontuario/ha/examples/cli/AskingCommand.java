package io.prontuario.ha.examples.cli;

import io.prontuario.ha.Switchover;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** What has in common whoever asks the cluster for something and waits for the end: a reason, a dry run, notes in the audit trail. */
abstract class AskingCommand extends StoreCommand {
    @Option(names = "--reason", defaultValue = "", description = "Why; kept in the audit trail.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String reason;

    @Option(names = "--dry-run", description = "Only say what would be done and may be lost, and whether it may.")
    boolean dryRun;

    /** Asks for it and waits for the end, with a note before and after. Answers the exit status. */
    final int carryOut(
            ClusterStore store,
            String what,
            String evidence,
            PrintWriter out,
            Function<Consumer<String>, Switchover.Result> run) {
        PrintWriter progress = progress(out);
        Operator.note(store, AuditEntry.Kind.OPERATOR, "asked for " + what, reason, evidence);
        Switchover.Result result = run.apply(stage -> {
            progress.println(stage);
            progress.flush();
        });
        Operator.note(
                store,
                result.done() ? AuditEntry.Kind.OPERATOR : AuditEntry.Kind.REFUSAL,
                what,
                reason,
                result.message());
        tell(result, json, out);
        return result.done() ? 0 : Ha.FAILED;
    }

    static void tell(Switchover.Result result, boolean json, PrintWriter out) {
        if (json) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("done", result.done());
            map.put("message", result.message());
            map.put("tookMillis", result.took().toMillis());
            out.println(GSON.toJson(map));
        } else {
            out.println(result.message() + " (" + result.took().toMillis() + " ms)");
        }
    }
}
