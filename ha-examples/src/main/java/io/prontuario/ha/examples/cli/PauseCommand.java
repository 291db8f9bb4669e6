package io.prontuario.ha.examples.cli;

import io.prontuario.ha.ClusterControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Forbids takeovers. */
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description =
                "Forbid takeovers until ha resume. Standbys are certified and decertified as before, a takeover that is under way"
                        + " is carried to its end, and a primary whose server dies is restarted in place by its agent.")
final class PauseCommand extends PausingCommand {
    private static final Duration LONGEST = Duration.ofHours(24);

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description =
                    "Only for so long, such as 90s, 30m or 2h (24 h at the most), or until ha resume. The nodes keep it: this command"
                            + " ends at once. Given again, the time begins anew.")
    private @Nullable String time;

    private @Nullable Duration limit;

    PauseCommand() {
        super(true, "is paused: nobody takes over until ha resume", "is paused already");
    }

    @Override
    void check() {
        if (time != null) {
            limit = Durations.parse(spec.commandLine(), "--for", time, LONGEST);
            if (limit.isZero()) {
                throw new ParameterException(spec.commandLine(), "--for is 0: say how long");
            }
        }
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) throws InterruptedException {
        if (limit == null) {
            return super.print(read, store, out);
        }
        PauseEnd end = ClusterControl.of(store).pauseFor(limit);
        Operator.note(store, AuditEntry.Kind.OPERATOR, "pause for " + Durations.text(limit), reason, "");
        if (json) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("cluster", read.cluster());
            map.put("paused", true);
            map.put("until", end.about().toString());
            out.println(GSON.toJson(map));
        } else {
            out.println("cluster " + read.cluster() + " is paused: nobody takes over for " + Durations.text(limit)
                    + ", until about " + end.about() + ", or until ha resume");
        }
        return 0;
    }
}
