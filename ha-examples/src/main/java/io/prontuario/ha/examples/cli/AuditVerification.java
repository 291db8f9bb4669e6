package io.prontuario.ha.examples.cli;

import io.prontuario.ha.AuditTrail;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code ha history verify}: the chain, who remembers its end, and the history beside it. */
final class AuditVerification {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int LATEST = 50;

    private AuditVerification() {}

    /** Answers whether nothing was found. */
    static boolean run(ClusterStore store, @Nullable Path export, boolean json, PrintWriter out) {
        Map<String, AuditRecord.Head> remembered = new TreeMap<>();
        List<String> silent = new ArrayList<>();
        StoreCommand.awaitNodes(store);
        List<NodeStatus> nodes = List.copyOf(store.nodes().values());
        Map<NodeName, AuditRecord.Head> said = NodeAnswer.auditHeads(nodes);
        for (NodeStatus node : nodes) {
            AuditRecord.Head head = said.get(node.node());
            if (head == null) {
                silent.add(node.node().value());
            } else {
                remembered.put(node.node().value(), head);
            }
        }
        List<AuditRecord> trail = AuditTrail.on(store).entries();
        List<String> wrong = new ArrayList<>();
        if (export != null) {
            List<AuditRecord> earlier = AuditFile.read(export);
            if (!earlier.isEmpty()) {
                remembered.put(
                        export.toString(), earlier.get(earlier.size() - 1).head());
            }
            compare(earlier, trail, export).forEach(wrong::add);
        }
        wrong.addAll(AuditTrail.on(store).verify(remembered));
        wrong.addAll(unvouched(store, trail));
        if (json) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("intact", wrong.isEmpty());
            map.put("entries", trail.size());
            map.put("findings", wrong);
            map.put("endRememberedBy", List.copyOf(remembered.keySet()));
            map.put("silent", silent);
            out.println(StoreCommand.GSON.toJson(map));
        } else {
            wrong.forEach(text -> out.println("FOUND: " + text));
            out.println(
                    wrong.isEmpty()
                            ? trail.size() + " entries, as they were written; the end is remembered by "
                                    + (remembered.isEmpty()
                                            ? "nobody: that it was not cut off cannot be told"
                                            : remembered.keySet())
                            : wrong.size() + " found in " + trail.size() + " entries");
            silent.forEach(node -> out.println("not heard of: " + node + " has not said what it remembers"));
        }
        return wrong.isEmpty();
    }

    private static List<String> compare(List<AuditRecord> earlier, List<AuditRecord> trail, Path export) {
        Map<Long, String> hashes =
                trail.stream().collect(Collectors.toMap(AuditRecord::number, AuditRecord::hash, (one, other) -> one));
        List<String> wrong = new ArrayList<>();
        for (AuditRecord one : earlier) {
            String now = hashes.get(one.number());
            if (!one.intact()) {
                wrong.add("entry " + one.number() + " of " + export
                        + " was changed: its hash is not that of its content");
            } else if (now != null && !now.equals(one.hash())) {
                wrong.add("entry " + one.number() + " is another than in " + export);
            }
        }
        return wrong;
    }

    /** Steps of the history, of transitions that are in the trail, that the trail does not know: somebody has changed them. */
    private static List<String> unvouched(ClusterStore store, List<AuditRecord> trail) {
        Set<String> vouched = trail.stream()
                .filter(one -> one.entry().kind() == AuditEntry.Kind.STEP
                        || one.entry().kind() == AuditEntry.Kind.REFUSAL)
                .map(one -> key(
                        one.entry().who(),
                        one.entry().what(),
                        one.entry().why(),
                        one.entry().evidence()))
                .collect(Collectors.toSet());
        Set<String> transitions = trail.stream()
                .map(one -> one.entry().evidence())
                .filter(text -> text.contains(", transition "))
                .map(text -> text.replaceFirst(".*, transition ([^,]*),.*", "$1"))
                .collect(Collectors.toSet());
        return store.history(LATEST, LIMIT).stream()
                .filter(one -> transitions.contains(one.transitionId()))
                .flatMap(one -> one.steps().stream())
                .filter(step -> !vouched.contains(key(
                        step.node().value(),
                        step.step() + " " + step.outcome(),
                        step.detail(),
                        AuditEntry.evidence(step))))
                .map(step -> "the history says '" + step.step() + " " + step.outcome() + " " + step.detail() + "' of "
                        + step.node() + " in epoch " + step.epoch() + ", and the trail does not")
                .toList();
    }

    private static String key(String... parts) {
        return String.join("\n", parts);
    }
}
