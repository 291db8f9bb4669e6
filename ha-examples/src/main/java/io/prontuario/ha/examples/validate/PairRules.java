package io.prontuario.ha.examples.validate;

import static io.prontuario.ha.examples.validate.Finding.fail;
import static io.prontuario.ha.examples.validate.Finding.ok;
import static io.prontuario.ha.examples.validate.Finding.warn;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold between the servers, and between them and the record. Pure. */
final class PairRules {
    private static final String AREA = "replication";
    private static final long LAG = 16L * 1024 * 1024;
    /** PostgreSQL docs, 27.4.3 Administrator's Overview: a standby must not have less than its primary. */
    private static final List<String> NOT_LESS = List.of(
            "max_connections",
            "max_worker_processes",
            "max_wal_senders",
            "max_prepared_transactions",
            "max_locks_per_transaction");

    private PairRules() {}

    static List<Finding> of(Map<String, ServerFacts> servers, ClusterState state) {
        List<Finding> all = new ArrayList<>();
        String primaryNode = state.primary().node().value();
        ServerFacts primary = servers.get(primaryNode);
        servers.forEach((node, facts) -> roles(all, node, facts, primaryNode, state));
        if (primary != null) {
            servers.forEach((node, facts) -> {
                if (!node.equals(primaryNode)) {
                    compare(all, node, facts, primary);
                }
            });
            names(all, primaryNode, primary, state);
        }
        if (all.isEmpty()) {
            all.add(ok(AREA, "", "roles, names and streams are what the record says"));
        }
        return all;
    }

    private static void roles(
            List<Finding> all, String node, ServerFacts facts, String primaryNode, ClusterState state) {
        boolean primary = node.equals(primaryNode);
        if (state.active() && primary && facts.inRecovery()) {
            all.add(fail(AREA, node, "the record's primary runs as a standby", "look at its agent's events"));
        }
        if (!primary && !facts.inRecovery()) {
            all.add(fail(
                    AREA,
                    node,
                    "runs as a primary beside the record's " + state.primary()
                            + "; behind the gate it acknowledges nothing",
                    "let ha node run there: it makes a standby of it"));
        }
        if (!facts.systemIdentifier().equals(state.systemIdentifier())) {
            all.add(fail(
                    AREA,
                    node,
                    "its data is another cluster's: system identifier " + facts.systemIdentifier()
                            + ", the record's is " + state.systemIdentifier(),
                    "correct its address, or empty its directory"));
        }
        if (facts.replayPaused()) {
            all.add(fail(
                    AREA, node, "its replay is paused: it could not be promoted", "SELECT pg_wal_replay_resume()"));
        }
        if (!primary && facts.inRecovery() && facts.upstreams() == 0) {
            all.add(fail(AREA, node, "its receiver does not stream", "look at <data>.ha/postgres.log and pg_hba.conf"));
        }
    }

    private static void compare(List<Finding> all, String node, ServerFacts facts, ServerFacts primary) {
        for (String name : NOT_LESS) {
            if (facts.amount(name) < primary.amount(name)) {
                all.add(fail(
                        AREA,
                        node,
                        name + " is " + facts.amount(name) + ", the primary's is " + primary.amount(name)
                                + ": its replay pauses, and it cannot be promoted",
                        "raise it on the standby first, restart it there, then on the primary"));
            }
        }
        String theirs = facts.setting("server_version_num");
        if (!major(theirs).equals(major(primary.setting("server_version_num")))) {
            all.add(fail(
                    AREA,
                    node,
                    "its version is " + facts.setting("server_version") + ", the primary's is "
                            + primary.setting("server_version"),
                    "install the same major version"));
        } else if (!theirs.equals(primary.setting("server_version_num"))) {
            all.add(warn(
                    AREA,
                    node,
                    "its version is " + facts.setting("server_version") + ", the primary's is "
                            + primary.setting("server_version"),
                    "update it, the standby first"));
        }
    }

    private static String major(String version) {
        return version.length() > 4 ? version.substring(0, version.length() - 4) : version;
    }

    private static void names(List<Finding> all, String node, ServerFacts primary, ClusterState state) {
        String names = primary.setting("synchronous_standby_names");
        for (Copy copy : state.inSync()) {
            if (!names.contains("\"" + copy + "\"")) {
                all.add(fail(
                        AREA,
                        node,
                        "synchronous_standby_names is '" + names + "' and does not hold the certified " + copy
                                + ": commits are acknowledged that it may not have",
                        "change nothing by hand: the agent decertifies it and mends the names"));
            }
        }
        Set<String> seen = new HashSet<>();
        for (ServerFacts.Standby standby : primary.standbys()) {
            if (!seen.add(standby.name()) && !standby.name().isEmpty()) {
                all.add(fail(
                        AREA,
                        node,
                        "2 connections call themselves " + standby.name(),
                        "stop the stranger: pg_stat_replication says where it is"));
            }
            if (standby.lagBytes() > LAG) {
                all.add(warn(
                        AREA,
                        standby.name(),
                        "is " + standby.lagBytes() / (1024 * 1024) + " MiB behind in replay",
                        "wait, or look at its disk"));
            }
        }
        for (Copy copy : state.inSync()) {
            if (primary.standbys().stream()
                    .noneMatch(one ->
                            one.name().equals(copy.toString()) && one.state().equals("streaming"))) {
                all.add(fail(
                        AREA,
                        copy.toString(),
                        "is certified and does not stream from " + node,
                        "look at its agent's events"));
            }
        }
    }
}
