package io.prontuario.ha.decide;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Searches every state that the protocol can get a small cluster into. The record is the product's {@link
 * io.prontuario.ha.model.ClusterState}, changed by nothing but the methods of {@link Protocol}; around it a model of what servers, networks,
 * clients, people and faults do to it.
 *
 * <p>There are two ways of letting agents act. {@link #byRules} lets each do at any moment whatever the protocol allows, which is more than
 * any policy does: what holds there holds for every policy that keeps the rules. {@link #byPolicy} lets {@link AgentPolicy} and {@link
 * CoordinatorPolicy} decide: what holds there holds for the code that runs.
 */
final class ProtocolSearch {
    private final Names names = new Names();
    private final Bounds bounds;
    private final Records records;
    private final Search search;
    private final ActivePrimary activePrimary;

    /**
     * What a search has found.
     *
     * @param result of the search for broken promises
     * @param obliged how many states, counted once for each node that may be lost, have to lead to an active primary; 0 when not asked
     * @param stuck how the first state came about that does not; empty when there is none
     */
    record Report(Search.Result result, long obliged, Optional<Search.Trace> stuck) {
        @Override
        public String toString() {
            return result
                    + (obliged == 0 ? "" : "; an active primary is due " + obliged + " times")
                    + stuck.map(trace -> "; NOT REACHED " + trace).orElse("");
        }
    }

    private ProtocolSearch(Bounds bounds, Mistake mistake, boolean policy, boolean lossesOnly) {
        this.bounds = bounds;
        this.records = new Records(names, mistake);
        Views views = new Views(names, records, bounds);
        CoordinatorMoves suspicions = new CoordinatorMoves(records, bounds, mistake);
        Moves servers = new ServerMoves(names, records, bounds, mistake);
        List<Moves> moves = new ArrayList<>(
                policy
                        ? List.of(
                                new PolicyMoves(names, records, views, bounds, mistake),
                                new PolicyNominations(records, bounds, views),
                                Moves.notCountedOn(suspicions),
                                servers)
                        : List.of(new AgentMoves(names, records, mistake), suspicions, servers));
        if (bounds.pausing()) {
            moves.add(new PauseMoves(records));
        }
        if (bounds.reinits()) {
            moves.add(new ReinitMoves(records));
        }
        List<Invariant> promises = new ArrayList<>();
        promises.add(Invariant.nothingAcknowledgedIsLost());
        if (!lossesOnly) {
            promises.add(Invariant.whoeverCouldTakeOverHasIt());
            promises.add(Invariant.namesCoverTheInSyncSet(names));
            promises.add(Invariant.onlyTheActivePrimaryAnswersAlone());
        }
        this.search = new Search(bounds, records, moves, promises);
        this.activePrimary = new ActivePrimary(names, records, bounds, policy);
    }

    /** Agents do whatever the rules allow. */
    static ProtocolSearch byRules(Bounds bounds) {
        return new ProtocolSearch(bounds, Mistake.NONE, false, false);
    }

    /** Agents do what the policy of the product decides. */
    static ProtocolSearch byPolicy(Bounds bounds) {
        return byPolicy(bounds, Mistake.NONE);
    }

    /** The same with a rule left out of the record or the servers. */
    static ProtocolSearch byPolicy(Bounds bounds, Mistake mistake) {
        return new ProtocolSearch(bounds, mistake, true, false);
    }

    /** One rule is left out; only what is lost by that counts. */
    static ProtocolSearch forLosses(Bounds bounds, Mistake mistake) {
        return new ProtocolSearch(bounds, mistake, false, true);
    }

    /** One rule is left out; every promise counts. */
    static ProtocolSearch without(Bounds bounds, Mistake mistake) {
        return new ProtocolSearch(bounds, mistake, false, false);
    }

    /** Looks for broken promises. */
    Report safety() {
        return new Report(search.run(first(), null), 0, Optional.empty());
    }

    /** Looks for broken promises, and for fair runs that never reach an active primary. Needs bounds within which it comes to an end. */
    Report safetyAndLiveness() {
        Graph graph = new Graph(activePrimary);
        Search.Result result = search.run(first(), graph);
        if (!result.complete()) {
            return new Report(result, 0, Optional.empty());
        }
        Graph.Verdict verdict = graph.verdict(bounds.nodes());
        Optional<Search.Trace> stuck = verdict.holds()
                ? Optional.empty()
                : Optional.of(new Search.Trace(
                        "every fair run reaches an active primary"
                                + (verdict.lost() < 0 ? "" : ", " + Names.nodeName(verdict.lost()) + " being lost"),
                        search.trace(verdict.stuck())));
        return new Report(result, verdict.due(), stuck);
    }

    private World first() {
        int record = records.first(bounds.durability(), bounds.strictMinimum());
        List<Server> servers = new ArrayList<>();
        servers.add(Server.firstPrimary(record));
        for (int node = 1; node < bounds.nodes(); node++) {
            servers.add(Server.firstStandby(0, record));
        }
        return World.first(record, servers);
    }
}
