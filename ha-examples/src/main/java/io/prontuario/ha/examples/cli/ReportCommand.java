package io.prontuario.ha.examples.cli;

import io.prontuario.ha.AuditTrail;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What became of the promises over a period. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description =
                "Uptime, takeovers and outages over a period, against 99.9 %% and 30 s, out of the history and the audit trail. Exit status 0 when both"
                        + " are kept, 1 otherwise.")
final class ReportCommand extends StoreCommand {
    private static final int ALL = 1_000;
    private static final Duration LONGEST = Duration.ofDays(3_650);

    @Option(
            names = "--last",
            paramLabel = "TIME",
            defaultValue = "30d",
            description = "How far back, such as 24h or 90d. Default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String period;

    @SuppressWarnings("NullAway.Init") // set by check()
    private Duration asked;

    @Override
    void check() {
        asked = Durations.parse(spec.commandLine(), "--last", period, LONGEST);
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        Instant now = Instant.now();
        Availability all =
                Availability.of(store.history(ALL, LIMIT), AuditTrail.on(store).entries(), now.minus(asked), now);
        if (json) {
            out.println(GSON.toJson(asMap(read, all)));
        } else {
            out.println("cluster " + read.cluster() + ", " + all.from() + " to " + all.to()
                    + (all.complete()
                            ? ""
                            : " (neither history nor audit trail keeps more: they go back to here only)"));
            out.printf("uptime:   %.4f %% (99.9 %% was promised)%n", 100 * all.uptime());
            out.println("failovers: " + count(all, false) + ", switchovers: " + count(all, true));
            for (Availability.Outage one : all.outages()) {
                out.println("  " + one.at() + "  " + (one.planned() ? "switchover" : "failover  ") + "  epoch "
                        + one.epoch() + "  " + Durations.text(one.took()) + (one.kept() ? "" : "  longer than 30 s"));
            }
            out.println("What passes before a dead primary is found out is not in it: up to 1 s, or a session time.");
        }
        return all.kept() ? 0 : Ha.FAILED;
    }

    private static long count(Availability all, boolean planned) {
        return all.outages().stream().filter(one -> one.planned() == planned).count();
    }

    private static Map<String, Object> asMap(NodeConfig read, Availability all) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("cluster", read.cluster());
        map.put("from", all.from().toString());
        map.put("to", all.to().toString());
        map.put("complete", all.complete());
        map.put("uptime", all.uptime());
        map.put("kept", all.kept());
        map.put("failovers", count(all, false));
        map.put("switchovers", count(all, true));
        map.put("outages", all.outages().stream().map(ReportCommand::asMap).toList());
        return map;
    }

    private static Map<String, Object> asMap(Availability.Outage one) {
        return Map.of(
                "at",
                one.at().toString(),
                "epoch",
                one.epoch(),
                "planned",
                one.planned(),
                "millis",
                one.took().toNanos() / 1e6,
                "kept",
                one.kept());
    }
}
