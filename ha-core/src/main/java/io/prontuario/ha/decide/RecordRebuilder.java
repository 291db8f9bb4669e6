package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeEvidence;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.RebuildPlan;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Proposes a record from what the data nodes keep beside their data, when the store has lost it or has an older one. Pure.
 *
 * <p>What was acknowledged is on the last active primary. That is the server out of recovery that remembers the highest epoch and is on the
 * highest timeline: a nominee remembers its epoch before it is promoted, and is on a higher timeline afterwards. Where nobody is both,
 * the evidence does not say who it was, and a person has to. Nobody is certified by a rebuilt record, whatever the names say: certificates
 * are earned anew.
 */
public final class RecordRebuilder {
    private RecordRebuilder() {}

    /**
     * What a person has said.
     *
     * @param nodes the data nodes of the cluster
     * @param lost of those, the ones that will not come back with anything that counts
     * @param primary who is to be the primary; null: whom the evidence names
     * @param durability what a commit waits for, if no record says
     * @param transitionId of the epoch that begins
     */
    public record Question(
            Set<NodeName> nodes,
            Set<NodeName> lost,
            @Nullable NodeName primary,
            Durability durability,
            String transitionId,
            Instant now) {
        public Question {
            nodes = Set.copyOf(nodes);
            lost = Set.copyOf(lost);
        }
    }

    /** The plan; it says itself whether it may be carried out. */
    public static RebuildPlan plan(@Nullable ClusterState present, List<NodeEvidence> evidence, Question question) {
        Set<String> clusters = evidence.stream()
                .flatMap(one -> Optional.ofNullable(one.memory()).stream())
                .map(NodeMemory::clusterId)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> identifiers = evidence.stream()
                .map(RecordRebuilder::identifier)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<NodeName> silent = new TreeSet<>(Comparator.comparing(NodeName::value));
        silent.addAll(question.nodes());
        evidence.forEach(one -> silent.remove(one.node()));
        silent.removeAll(question.lost());
        Optional<NodeEvidence> last = lastPrimary(evidence);
        Optional<NodeEvidence> chosen = question.primary() == null
                ? last
                : evidence.stream()
                        .filter(one -> one.node().equals(question.primary()))
                        .filter(one -> one.data().copy() != null)
                        .findFirst();
        List<Precondition> needed = List.of(
                needed(present, evidence),
                new Precondition(
                        "all remember one cluster and one database",
                        clusters.size() == 1 && identifiers.size() == 1,
                        "clusters " + clusters + ", system identifiers " + identifiers),
                new Precondition(
                        "every data node was heard, or is given up",
                        silent.isEmpty(),
                        silent.isEmpty()
                                ? "given up: " + question.lost()
                                : "not heard: " + silent + ". Start ha node there, or name each with --lost"),
                new Precondition(
                        question.primary() == null
                                ? "one server is out of recovery, remembers the highest epoch and is on the highest timeline"
                                : question.primary() + " was heard and has a copy of the data",
                        chosen.isPresent(),
                        chosen.map(one -> one.node() + " is")
                                .orElse("none: look at the evidence, and name the primary with --primary")),
                oneServes(evidence, chosen));
        boolean sound = clusters.size() == 1 && identifiers.size() == 1;
        ClusterState proposed = sound
                ? chosen.map(one -> record(
                                present,
                                evidence,
                                one,
                                clusters.iterator().next(),
                                identifiers.iterator().next(),
                                question))
                        .orElse(null)
                : null;
        return new RebuildPlan(
                present,
                proposed,
                evidence.stream().map(RecordRebuilder::line).toList(),
                risk(evidence, chosen, last, question),
                needed);
    }

    private static String identifier(NodeEvidence one) {
        NodeMemory memory = one.memory();
        return !one.data().systemIdentifier().isEmpty() || memory == null
                ? one.data().systemIdentifier()
                : memory.systemIdentifier();
    }

    /** A record that everybody obeys is changed in no such way. */
    private static Precondition needed(@Nullable ClusterState present, List<NodeEvidence> evidence) {
        String what = "the record is gone, or some node remembers more than it says";
        if (present == null) {
            return new Precondition(what, true, "there is no record");
        }
        List<String> more = evidence.stream()
                .filter(one -> one.memory() != null)
                .flatMap(one -> Protocol.disobeys(present, Objects.requireNonNull(one.memory())).stream()
                        .map(why -> one.node() + ": " + why))
                .toList();
        return new Precondition(
                what,
                !more.isEmpty(),
                more.isEmpty() ? "everybody obeys epoch " + present.epoch() : String.join("; ", more));
    }

    private static long highestEpoch(List<NodeEvidence> evidence) {
        return evidence.stream()
                .mapToLong(one -> one.memory() == null ? 0 : one.memory().epoch())
                .max()
                .orElse(0);
    }

    private static int highestTimeline(List<NodeEvidence> evidence) {
        return evidence.stream().mapToInt(one -> one.data().timeline()).max().orElse(0);
    }

    private static Optional<NodeEvidence> lastPrimary(List<NodeEvidence> evidence) {
        long epoch = highestEpoch(evidence);
        int timeline = highestTimeline(evidence);
        List<NodeEvidence> candidates = evidence.stream()
                .filter(one ->
                        one.data().mode() == ServerMode.PRIMARY && one.data().copy() != null)
                .filter(one -> one.memory() != null && one.memory().epoch() == epoch)
                .filter(one -> one.data().timeline() == timeline)
                .toList();
        return candidates.size() == 1 ? Optional.of(candidates.get(0)) : Optional.empty();
    }

    /** Another server that acknowledges on its own would lose what it acknowledges when it rejoins. */
    private static Precondition oneServes(List<NodeEvidence> evidence, Optional<NodeEvidence> chosen) {
        List<String> others = evidence.stream()
                .filter(one ->
                        chosen.isEmpty() || !one.node().equals(chosen.get().node()))
                .filter(one -> one.data().runsAs(ServerMode.PRIMARY))
                .map(one -> one.node() + " (names '" + one.data().namesInEffect() + "')")
                .toList();
        return new Precondition(
                "no other server runs out of recovery",
                others.isEmpty(),
                others.isEmpty()
                        ? "none does"
                        : others + ": stop it first (pg_ctl stop), after a look at what it holds");
    }

    private static ClusterState record(
            @Nullable ClusterState present,
            List<NodeEvidence> evidence,
            NodeEvidence chosen,
            String cluster,
            String identifier,
            Question question) {
        long seen = Math.max(highestEpoch(evidence), present == null ? 0 : present.epoch());
        int timeline = Math.max(highestTimeline(evidence), present == null ? 1 : present.timeline());
        Durability durability = present == null ? question.durability() : present.durability();
        return Protocol.rebuilt(
                cluster,
                identifier,
                seen + 1,
                question.transitionId(),
                timeline,
                Objects.requireNonNull(chosen.data().copy()),
                chosen.data().mode() == ServerMode.PRIMARY,
                durability,
                present == null ? 1 : present.strictMinimum(),
                question.now());
    }

    private static String risk(
            List<NodeEvidence> evidence,
            Optional<NodeEvidence> chosen,
            Optional<NodeEvidence> last,
            Question question) {
        List<String> risks = new ArrayList<>();
        if (chosen.isPresent() && !chosen.equals(last)) {
            risks.add(
                    "THE EVIDENCE DOES NOT SAY that " + chosen.get().node()
                            + " was the last active primary: whatever another server has acknowledged and it does not hold is lost");
        }
        chosen.ifPresent(one -> evidence.stream()
                .filter(other -> other.data().receivedPosition() > one.data().receivedPosition())
                .forEach(other -> risks.add(other.node() + " holds log up to " + position(other.data()) + ", "
                        + one.node() + " up to " + position(one.data()) + " only")));
        if (!question.lost().isEmpty()) {
            risks.add(
                    "whatever only " + question.lost()
                            + " has acknowledged is lost, if one of them was the primary after the others had heard of it last");
        }
        return risks.isEmpty()
                ? "nothing, if what the nodes remember is true: "
                        + chosen.map(NodeEvidence::node).map(NodeName::value).orElse("nobody")
                        + " was the last active primary"
                : String.join("; ", risks);
    }

    private static String position(DataStatus data) {
        long position = data.receivedPosition();
        return String.format(Locale.ROOT, "%X/%X", position >>> 32, position & 0xffff_ffffL);
    }

    private static String line(NodeEvidence one) {
        NodeMemory memory = one.memory();
        DataStatus data = one.data();
        Copy copy = data.copy();
        return (copy == null ? one.node() + " (no usable copy)" : copy.toString()) + ": "
                + (memory == null
                        ? "remembers nothing"
                        : "remembers epoch " + memory.epoch() + " (transition " + memory.transitionId() + ") of "
                                + memory.clusterId())
                + "; " + data.mode().name().toLowerCase(Locale.ROOT) + " "
                + data.condition().name().toLowerCase(Locale.ROOT) + ", timeline " + data.timeline() + ", log up to "
                + position(data) + ", names '" + data.namesInFile() + "'";
    }
}
