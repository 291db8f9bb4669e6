package io.prontuario.ha.examples.validate;

import static io.prontuario.ha.examples.validate.Finding.fail;
import static io.prontuario.ha.examples.validate.Finding.ok;
import static io.prontuario.ha.examples.validate.Finding.warn;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.TakeoverProspect;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The record, the nodes' sessions, and what each answers over HTTP. */
final class NodeRules {
    private static final String RECORD = "record";
    private static final String NODES = "nodes";
    private static final String MONITORING = "monitoring";
    private static final int LIMIT_MILLIS = 2_000;

    private NodeRules() {}

    static List<Finding> of(ClusterState state, Collection<NodeStatus> nodes, Collection<NodeName> servers) {
        List<Finding> all = new ArrayList<>();
        record(all, state, nodes);
        for (NodeName server : servers) {
            if (nodes.stream().noneMatch(node -> node.node().equals(server) && !node.leaving())) {
                all.add(fail(
                        NODES,
                        server.value(),
                        "has no session: its agent does not run, or does not reach the store",
                        "start ha node there"));
            }
        }
        nodes.stream()
                .filter(node -> node.role() != NodeRole.CLIENT && !node.leaving())
                .forEach(node -> answers(all, node));
        if (nodes.stream().noneMatch(node -> node.role() == NodeRole.WITNESS)) {
            all.add(warn(
                    "witness",
                    "",
                    "there is no witness: when a standby is lost nobody can say that its primary is still reached, and writes wait",
                    "run ha node with role: witness on a third machine"));
        }
        return all;
    }

    private static void record(List<Finding> all, ClusterState state, Collection<NodeStatus> nodes) {
        TakeoverProspect prospect = TakeoverProspect.of(state, nodes);
        String seen = "epoch " + state.epoch() + ", primary " + state.primary() + ", in sync " + state.inSync();
        if (state.transition() != null) {
            all.add(warn(
                    RECORD,
                    "",
                    "a transition is under way: " + state.transition().reason(),
                    "wait, and validate again"));
        }
        if (state.durability() == Durability.ASYNC) {
            all.add(warn(
                    RECORD,
                    "",
                    "durability is ASYNC: acknowledged commits may be lost, and nobody takes over by himself",
                    "make a cluster with AVAILABLE"));
        }
        all.add(
                switch (prospect.obstacle()) {
                    case NONE -> ok(RECORD, "", seen + ": takeover " + prospect.sentence());
                    case PAUSED -> warn(RECORD, "", "takeover " + prospect.sentence(), "ha resume");
                    case UNDER_WAY, ASYNC, NOBODY_CERTIFIED, NOBODY_THERE ->
                        fail(RECORD, "", "takeover " + prospect.sentence(), "ha status names what stands in the way");
                });
    }

    private static void answers(List<Finding> all, NodeStatus node) {
        String name = node.node().value();
        Answer health = get(node.address(), "/health");
        Answer metrics = get(node.address(), "/metrics");
        if (health.status() == 0) {
            all.add(fail(
                    NODES,
                    name,
                    "does not answer on " + node.address() + ": others and proxies ask there",
                    "check http in its file, and the firewall"));
            return;
        }
        if (health.status() == 200 && health.body().contains("\"status\":\"healthy\"")) {
            all.add(ok(NODES, name, "is healthy"));
        } else {
            all.add(new Finding(
                    NODES,
                    name,
                    health.status() == 200 ? Finding.Level.WARN : Finding.Level.FAIL,
                    "is not healthy: " + health.body(),
                    "see details in it"));
        }
        all.add(
                metrics.status() == 200 && metrics.body().contains("prontuario_ha_node{")
                        ? ok(MONITORING, name, "can be scraped")
                        : fail(MONITORING, name, "/metrics answers " + metrics.status(), "look at its log"));
        for (String check : List.of("disk", "memory")) {
            if (node.role() != NodeRole.WITNESS && !health.body().contains("\"" + check)) {
                all.add(warn(
                        MONITORING,
                        name,
                        "nobody looks at its " + check,
                        "add checks: to its file (docs/operations.md)"));
            }
        }
    }

    private record Answer(int status, String body) {}

    private static Answer get(String address, String path) {
        try {
            HttpURLConnection question = (HttpURLConnection)
                    URI.create("http://" + address + path).toURL().openConnection();
            question.setConnectTimeout(LIMIT_MILLIS);
            question.setReadTimeout(LIMIT_MILLIS);
            int status = question.getResponseCode();
            try (InputStream body = status < 400 ? question.getInputStream() : question.getErrorStream()) {
                return new Answer(status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException | IllegalArgumentException e) {
            return new Answer(0, "");
        }
    }
}
