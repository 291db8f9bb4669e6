package io.prontuario.ha.engine;

import com.google.gson.Gson;
import io.prontuario.ha.http.Reply;
import io.prontuario.ha.model.CheckState;
import io.prontuario.ha.model.HealthReport;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The answer of {@code /health}, with the fields of the deployment guide: {@code status}, and in {@code checks} timestamp, hostname, ip and a
 * truth for each check. Otherwise than there 503 is kept for what another node would do better: a proxy that turns away from a node because
 * its cache is down finds the same at the next one.
 */
final class HealthPage {
    private static final Gson GSON = new Gson();

    private final EngineSettings settings;
    private volatile String hostname;
    private volatile String address;

    HealthPage(EngineSettings settings) {
        this.settings = settings;
        this.hostname = settings.self().value();
        this.address = settings.listen().getHostString();
    }

    /** Asks for the machine's name aside, since a name server may let one wait. */
    void start() {
        // Without one the node's own name has to do.
        settings.machine()
                .start(
                        "prontuario-hostname",
                        () -> settings.machine().localHost().ifPresent(this::named));
    }

    private void named(InetAddress local) {
        hostname = local.getHostName();
        if (settings.listen().getAddress() == null
                || settings.listen().getAddress().isAnyLocalAddress()
                || settings.listen().getAddress().isLoopbackAddress()) {
            address = local.getHostAddress();
        }
    }

    Reply of(HealthReport report) {
        HealthReport.Status status = report.status();
        Map<String, Object> checks = new LinkedHashMap<>();
        checks.put("timestamp", settings.clock().instant().toString());
        checks.put("hostname", hostname);
        checks.put("ip", address);
        report.checks().forEach(check -> checks.put(check.name(), check.ok()));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", status.name().toLowerCase(Locale.ROOT));
        answer.put("node", settings.self().value());
        answer.put("checks", checks);
        answer.put("suffering", report.suffering());
        answer.put("functionality", settings.functionality().get());
        answer.put("details", report.checks().stream().map(HealthPage::detail).toList());
        return switch (status) {
            case HEALTHY, DEGRADED -> Reply.json(200, GSON.toJson(answer));
            case UNHEALTHY -> {
                answer.put("detail", "System unhealthy");
                yield Reply.json(503, GSON.toJson(answer));
            }
        };
    }

    private static Map<String, Object> detail(CheckState check) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("check", check.name());
        detail.put("affects", check.capability().name());
        detail.put("standing", check.standing().name());
        detail.put("detail", check.detail());
        detail.put("tookMillis", check.took().toMillis());
        detail.put("ageMillis", check.age().toMillis());
        Duration lasts = check.lasts();
        if (lasts != null) {
            detail.put("lastsHours", lasts.toMinutes() / 60.0);
        }
        return detail;
    }
}
