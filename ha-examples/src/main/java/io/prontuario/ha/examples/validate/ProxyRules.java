package io.prontuario.ha.examples.validate;

import static io.prontuario.ha.examples.validate.Finding.fail;
import static io.prontuario.ha.examples.validate.Finding.ok;
import static io.prontuario.ha.examples.validate.Finding.warn;

import io.prontuario.ha.haproxy.HaproxyException;
import io.prontuario.ha.haproxy.HaproxySettings;
import io.prontuario.ha.haproxy.RuntimeAddress;
import io.prontuario.ha.haproxy.RuntimeApi;
import io.prontuario.ha.model.ClusterState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The proxies: who of their servers gets traffic, and whether they look. */
final class ProxyRules {
    static final String AREA = "proxies";

    private ProxyRules() {}

    static List<Finding> of(@Nullable HaproxySettings settings, ClusterState state) {
        if (settings == null) {
            return List.of(warn(
                    AREA,
                    "",
                    "no proxy is configured: clients have to find the primary themselves",
                    "docs/operations.md, 3., or --accept " + AREA + " when all use the library's pool"));
        }
        List<Finding> all = new ArrayList<>();
        for (RuntimeAddress proxy : settings.proxies()) {
            try {
                all.addAll(judge(
                        proxy.toString(), new RuntimeApi(proxy, settings.limit()).send("show stat"), settings, state));
            } catch (HaproxyException e) {
                all.add(fail(
                        AREA,
                        proxy.toString(),
                        "its runtime API does not answer: " + e.getMessage(),
                        "start it, check the address"));
            }
        }
        return all;
    }

    /** HAProxy management guide, 9.1 CSV format. */
    static List<Finding> judge(String proxy, String csv, HaproxySettings settings, ClusterState state) {
        List<Finding> all = new ArrayList<>();
        Map<String, String> statuses = statuses(csv, settings.backend());
        settings.servers().forEach((node, server) -> {
            String status = statuses.get(server);
            boolean primary = node.equals(state.primary().node());
            if (status == null) {
                all.add(fail(
                        AREA,
                        proxy,
                        "has no server " + server + " in the backend " + settings.backend(),
                        "correct haproxy.cfg"));
            } else if (status.equals("no check")) {
                all.add(fail(
                        AREA,
                        proxy,
                        "does not check " + server + ": it would go on sending clients to a dead one",
                        "check port of its node, GET /primary"));
            } else if (primary && !status.startsWith("UP")) {
                all.add(fail(
                        AREA,
                        proxy,
                        "the primary's server " + server + " is " + status,
                        "the coordinator sets it ready within a second; look at its events"));
            } else if (!primary && status.startsWith("UP")) {
                all.add(fail(AREA, proxy, server + " is UP and not the primary's", "look at /primary of " + node));
            }
        });
        if (all.isEmpty()) {
            all.add(ok(AREA, proxy, "sends clients to the primary and checks all servers"));
        }
        return all;
    }

    private static Map<String, String> statuses(String csv, String backend) {
        Map<String, String> all = new HashMap<>();
        List<String> lines = csv.lines().toList();
        List<String> head = lines.isEmpty()
                ? List.of()
                : List.of(lines.get(0).replaceFirst("^# ", "").split(",", -1));
        int status = head.indexOf("status");
        for (String line : lines) {
            String[] fields = line.split(",", -1);
            if (status > 1 && fields.length > status && fields[0].equals(backend)) {
                all.put(fields[1], fields[status]);
            }
        }
        return all;
    }
}
