package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeEvidence;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the data nodes say together, when a record is rebuilt from it. One that is given up counts for the epochs and timelines that were
 * used, and for nothing else.
 */
record HeardNodes(List<NodeEvidence> all, Set<NodeName> lost) {

    Set<String> clusters() {
        return texts(one ->
                Optional.ofNullable(one.memory()).map(NodeMemory::clusterId).orElse(""));
    }

    Set<String> systemIdentifiers() {
        return texts(HeardNodes::systemIdentifier);
    }

    private static String systemIdentifier(NodeEvidence one) {
        NodeMemory memory = one.memory();
        return !one.data().systemIdentifier().isEmpty() || memory == null
                ? one.data().systemIdentifier()
                : memory.systemIdentifier();
    }

    private Set<String> texts(Function<NodeEvidence, String> part) {
        return all.stream().map(part).filter(text -> !text.isEmpty()).collect(Collectors.toCollection(TreeSet::new));
    }

    long highestEpoch() {
        return all.stream().mapToLong(HeardNodes::epoch).max().orElse(0);
    }

    int highestTimeline() {
        return all.stream().mapToInt(one -> one.data().timeline()).max().orElse(0);
    }

    private static long epoch(NodeEvidence one) {
        NodeMemory memory = one.memory();
        return memory == null ? 0 : memory.epoch();
    }

    /** Who counts, and has a copy that it can name. */
    private Stream<NodeEvidence> withCopy() {
        return all.stream()
                .filter(one -> !lost.contains(one.node()))
                .filter(one -> one.data().copy() != null);
    }

    Optional<NodeEvidence> withCopy(NodeName node) {
        return withCopy().filter(one -> one.node().equals(node)).findFirst();
    }

    /** The timeline of these is not known: it may be above all others. */
    List<NodeName> ofUnknownTimeline() {
        return withCopy()
                .filter(one -> one.data().timeline() <= 0)
                .map(NodeEvidence::node)
                .toList();
    }

    /**
     * Who can have been the last active primary. Onlookers remember an epoch too, so a deposed primary that is down and a server that was
     * promoted by hand are among them; and of a server that is down the timeline may not be known. So it does not choose between them.
     */
    private List<NodeEvidence> candidates() {
        long epoch = highestEpoch();
        return withCopy()
                .filter(one -> one.data().mode() == ServerMode.PRIMARY)
                .filter(one -> epoch > 0 && epoch(one) == epoch)
                .toList();
    }

    /** Under one number, when the store was rolled back once before: then the number does not say which was the later. */
    private Set<String> transitionsOfHighestEpoch() {
        return all.stream()
                .flatMap(one -> Optional.ofNullable(one.memory()).stream())
                .filter(memory -> memory.epoch() == highestEpoch())
                .map(NodeMemory::transitionId)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The only one that can have been the last active primary; empty when the evidence does not say who it was. */
    Optional<NodeEvidence> lastPrimary() {
        return Optional.of(candidates())
                .filter(found ->
                        found.size() == 1 && transitionsOfHighestEpoch().size() == 1)
                .map(found -> found.get(0))
                .filter(one -> one.data().timeline() > 0 && one.data().timeline() == highestTimeline());
    }

    /** Why nobody is the last primary by the evidence, and how a person finds out. */
    String whyNobody() {
        List<NodeEvidence> candidates = candidates();
        String why = "epoch " + highestEpoch() + " is the highest; out of recovery with it: "
                + names(candidates.stream().map(NodeEvidence::node).toList());
        if (candidates.size() == 1) {
            why += transitionsOfHighestEpoch().size() == 1
                    ? ", and the highest timeline is " + highestTimeline()
                    : ", and that epoch began with different transitions: " + transitionsOfHighestEpoch();
        }
        return why + " (" + String.join(" | ", lines())
                + "). Look at which server clients wrote to last (its log, and the end of its WAL by pg_controldata and pg_waldump), and"
                + " name it with --primary";
    }

    static String names(List<NodeName> nodes) {
        return nodes.isEmpty() ? "none" : nodes.stream().map(NodeName::value).collect(Collectors.joining(", "));
    }

    /** Other servers out of recovery that acknowledge on their own, or will when they wake. */
    List<String> othersThatMayWrite(Optional<NodeEvidence> chosen) {
        return all.stream()
                .filter(one -> chosen.filter(it -> it.node().equals(one.node())).isEmpty())
                .filter(one -> one.data().mode() == ServerMode.PRIMARY
                        && mayWrite(one.data().condition()))
                .map(one -> one.node() + " (" + lower(one.data().condition()) + ", names '"
                        + one.data().namesInFile() + "')")
                .toList();
    }

    private static boolean mayWrite(ServerCondition condition) {
        return switch (condition) {
            case RUNNING, STARTING, HUNG, UNKNOWN -> true;
            case DOWN -> false;
        };
    }

    /** Who remembers more than this record says, and why. */
    List<String> disobey(ClusterState present) {
        return all.stream()
                .filter(one -> one.memory() != null)
                .flatMap(one -> Protocol.disobeys(present, Objects.requireNonNull(one.memory())).stream()
                        .map(why -> one.node() + ": " + why))
                .toList();
    }

    List<String> lines() {
        return all.stream().map(HeardNodes::line).toList();
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
                + "; " + lower(data.mode()) + " " + lower(data.condition()) + ", timeline "
                + (data.timeline() > 0 ? Integer.toString(data.timeline()) : "not known") + ", log up to "
                + position(data) + ", names '" + data.namesInFile() + "'";
    }

    static String position(DataStatus data) {
        long position = data.receivedPosition();
        return position <= 0
                ? "a position that is not known"
                : String.format(Locale.ROOT, "%X/%X", position >>> 32, position & 0xffff_ffffL);
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
