package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.CommitPromise;
import io.prontuario.ha.model.NodeEvidence;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.RebuildPlan;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Proposes a record from what the data nodes keep beside their data, when the store has lost it or has an older one. Pure.
 *
 * <p>What was acknowledged is on the last active primary. That is the server out of recovery that remembers the highest epoch, if there is
 * only one such, and it is on the highest timeline. Otherwise the evidence does not say who it was, and a person has to. Nobody is certified
 * by a rebuilt record, whatever the names say: certificates are earned anew. And it is paused: a person resumes after a look.
 */
public final class RecordRebuilder {
    private RecordRebuilder() {}

    /**
     * What a person has said.
     *
     * @param nodes the data nodes of the cluster
     * @param lost of those, the ones that will not come back with anything that counts
     * @param primary who is to be the primary; null: whom the evidence names
     * @param promise what a commit waits for, if no node says; null: what the old record says
     * @param transitionId of the epoch that begins
     */
    public record Question(
            Set<NodeName> nodes,
            Set<NodeName> lost,
            @Nullable NodeName primary,
            @Nullable CommitPromise promise,
            String transitionId,
            Instant now) {
        public Question {
            nodes = Set.copyOf(nodes);
            lost = Set.copyOf(lost);
        }
    }

    /** The plan; it says itself whether it may be carried out. */
    public static RebuildPlan plan(@Nullable ClusterState present, List<NodeEvidence> evidence, Question question) {
        HeardNodes heard = new HeardNodes(List.copyOf(evidence), question.lost());
        Set<String> clusters = heard.clusters();
        Set<String> identifiers = heard.systemIdentifiers();
        boolean sound = clusters.size() == 1 && identifiers.size() == 1;
        Optional<NodeEvidence> last = heard.lastPrimary();
        NodeName named = question.primary();
        Optional<NodeEvidence> chosen = named == null ? last : heard.withCopy(named);
        PromiseByWord promise = PromiseByWord.of(present, evidence, question.promise());
        List<Precondition> needed = List.of(
                needed(present, heard),
                new Precondition(
                        "all remember one cluster and one database",
                        sound,
                        "clusters " + clusters + ", system identifiers " + identifiers),
                heardOrGivenUp(evidence, question),
                timelinesKnown(heard),
                new Precondition(
                        named == null
                                ? "one server only is out of recovery and remembers the highest epoch, and it is on the highest timeline"
                                : named + " was heard, is not given up and has a copy of the data",
                        chosen.isPresent(),
                        chosen.map(one -> one.node() + " is").orElseGet(heard::whyNobody)),
                oneServes(heard, chosen),
                promise.known());
        CommitPromise promised = promise.promise();
        ClusterState proposed = sound && promised != null
                ? chosen.map(one -> record(
                                present,
                                heard,
                                one,
                                clusters.iterator().next(),
                                identifiers.iterator().next(),
                                promised,
                                question))
                        .orElse(null)
                : null;
        return new RebuildPlan(present, proposed, heard.lines(), risk(evidence, chosen, last, question), needed);
    }

    /** A record that everybody obeys is changed in no such way. */
    private static Precondition needed(@Nullable ClusterState present, HeardNodes heard) {
        String what = "the record is gone, or some node remembers more than it says";
        if (present == null) {
            return new Precondition(what, true, "there is no record");
        }
        List<String> more = heard.disobey(present);
        return new Precondition(
                what,
                !more.isEmpty(),
                more.isEmpty() ? "everybody obeys epoch " + present.epoch() : String.join("; ", more));
    }

    private static Precondition heardOrGivenUp(List<NodeEvidence> evidence, Question question) {
        Set<NodeName> silent = new TreeSet<>(Comparator.comparing(NodeName::value));
        silent.addAll(question.nodes());
        evidence.forEach(one -> silent.remove(one.node()));
        silent.removeAll(question.lost());
        return new Precondition(
                "every data node was heard, or is given up",
                silent.isEmpty(),
                silent.isEmpty()
                        ? "given up: " + question.lost()
                        : "not heard: " + silent + ". Start ha node there, or name each with --lost");
    }

    /** On a timeline below that of a copy nobody could be activated, or two servers would come to share one. */
    private static Precondition timelinesKnown(HeardNodes heard) {
        List<NodeName> unknown = heard.ofUnknownTimeline();
        return new Precondition(
                "the timeline of every copy that counts is known",
                unknown.isEmpty(),
                unknown.isEmpty()
                        ? "the highest is " + heard.highestTimeline()
                        : HeardNodes.names(unknown)
                                + " does not know its own. Look at what ha node says there and whether pg_controldata can"
                                + " read the directory; start the agent again, or the server (it may be stopped again afterwards), or give"
                                + " the node up with --lost");
    }

    /** Another server that acknowledges on its own would lose what it acknowledges when it rejoins. */
    private static Precondition oneServes(HeardNodes heard, Optional<NodeEvidence> chosen) {
        List<String> others = heard.othersThatMayWrite(chosen);
        return new Precondition(
                "every other server out of recovery is down",
                others.isEmpty(),
                others.isEmpty()
                        ? "none runs, starts or hangs"
                        : others + ": stop it first (pg_ctl stop), after a look at what it holds");
    }

    private static ClusterState record(
            @Nullable ClusterState present,
            HeardNodes heard,
            NodeEvidence chosen,
            String cluster,
            String identifier,
            CommitPromise promise,
            Question question) {
        return Protocol.rebuilt(
                cluster,
                identifier,
                Math.max(heard.highestEpoch(), present == null ? 0 : present.epoch()),
                question.transitionId(),
                Math.max(heard.highestTimeline(), present == null ? 1 : present.timeline()),
                Objects.requireNonNull(chosen.data().copy()),
                chosen.data().mode() == ServerMode.PRIMARY,
                promise,
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
                .forEach(other -> risks.add(other.node() + " holds log up to " + HeardNodes.position(other.data())
                        + ", " + one.node() + " up to " + HeardNodes.position(one.data()) + " only")));
        if (!question.lost().isEmpty()) {
            risks.add("switch " + question.lost() + " off first, and keep it off until it is to rejoin: whatever only "
                    + question.lost()
                    + " has acknowledged is lost, if one of them was the primary after the others had heard of it last, and after more"
                    + " than " + Protocol.UNHEARD_NOMINATIONS
                    + " nominations that nobody heard of it would not obey this record");
        }
        return risks.isEmpty()
                ? "nothing, if what the nodes remember is true: "
                        + chosen.map(NodeEvidence::node).map(NodeName::value).orElse("nobody")
                        + " was the last active primary"
                : String.join("; ", risks);
    }
}
