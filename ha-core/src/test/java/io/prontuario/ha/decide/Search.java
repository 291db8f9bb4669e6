package io.prontuario.ha.decide;

import io.prontuario.ha.decide.Records.Facts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Breadth first through every state that the moves reach, so that the first violation found is one of the shortest. Within {@link
 * Result#depth()} moves of the start nothing was left out, even when the search was cut off.
 */
final class Search {
    private final Bounds bounds;
    private final Records records;
    private final List<Moves> moves;
    private final List<Invariant> invariants;
    private final Dictionary<Server> servers = new Dictionary<>();
    private final States states = new States();

    /**
     * How a search ended.
     *
     * @param states how many were found
     * @param depth up to how many moves from the start all of them were looked at
     * @param complete whether there are no others
     * @param violation the broken promise and how it came about; empty when there is none
     */
    record Result(int states, int depth, boolean complete, Optional<Trace> violation) {
        @Override
        public String toString() {
            return states + " states, " + (complete ? "all there are" : "complete up to depth " + depth)
                    + violation.map(trace -> "; VIOLATION " + trace).orElse("");
        }
    }

    /** How something came about. */
    record Trace(String promise, List<String> moves) {
        @Override
        public String toString() {
            return "of '" + promise + "' after " + moves.size() + " moves:\n    " + String.join("\n    ", moves);
        }
    }

    Search(Bounds bounds, Records records, List<Moves> moves, List<Invariant> invariants) {
        this.bounds = bounds;
        this.records = records;
        this.moves = moves;
        this.invariants = invariants;
    }

    /** @param graph takes every edge that a run may count on; null when nobody needs them */
    Result run(World first, @Nullable Graph graph) {
        add(first, -1);
        Optional<Trace> violation = violation(0, first);
        int depth = 0;
        int endOfDepth = 1;
        for (int state = 0; state < states.size() && violation.isEmpty(); state++) {
            if (state == endOfDepth) {
                depth++;
                endOfDepth = states.size();
            }
            if (states.size() >= bounds.mostStates()) {
                return new Result(states.size(), depth, false, Optional.empty());
            }
            violation = expand(state, graph);
        }
        return new Result(states.size(), depth, violation.isEmpty(), violation);
    }

    private Optional<Trace> expand(int state, @Nullable Graph graph) {
        World world = world(state);
        List<Optional<Trace>> found = new ArrayList<>(0);
        if (graph != null) {
            graph.begin(state, world);
        }
        for (Moves family : moves) {
            family.from(world, (move, who, other, counted, next) -> {
                if (bounds.without().contains(move)) {
                    return;
                }
                int before = states.size();
                int target = add(next, state);
                if (target == before && found.isEmpty()) {
                    Optional<Trace> violation = violation(target, next);
                    if (violation.isPresent()) {
                        found.add(violation);
                    }
                }
                if (graph != null && counted != Moves.NEVER) {
                    graph.edge(who, move.together() ? other : -1, counted, target);
                }
            });
        }
        return found.isEmpty() ? Optional.empty() : found.get(0);
    }

    private Optional<Trace> violation(int state, World world) {
        Facts facts = records.facts(world.record());
        for (Invariant invariant : invariants) {
            if (!invariant.holds(world, facts)) {
                return Optional.of(new Trace(invariant.promise(), trace(state)));
            }
        }
        return Optional.empty();
    }

    /** The moves that led to a state, found again one by one. */
    List<String> trace(int state) {
        List<String> told = new ArrayList<>();
        for (int at = state; states.parent(at) >= 0; at = states.parent(at)) {
            int parent = states.parent(at);
            int here = at;
            List<String> between = new ArrayList<>(1);
            World before = world(parent);
            for (Moves family : moves) {
                family.from(before, (move, who, other, counted, next) -> {
                    if (between.isEmpty() && add(next, parent) == here) {
                        between.add(move.by(who, other));
                    }
                });
            }
            told.addAll(between);
        }
        Collections.reverse(told);
        return told;
    }

    private int add(World world, int parent) {
        long low = 0;
        for (int node = 0; node < world.nodes(); node++) {
            int known = world.number(node);
            low |= (long) (known == World.UNKNOWN ? servers.number(world.server(node)) : known) << (node * 21);
        }
        long high = world.record()
                | (long) world.commits() << 24
                | (long) world.acknowledged() << 32
                | (long) world.faults() << 48;
        return states.add(high, low, parent);
    }

    private World world(int state) {
        long high = states.high(state);
        long low = states.low(state);
        Server[] all = new Server[bounds.nodes()];
        int[] numbers = new int[all.length];
        for (int node = 0; node < all.length; node++) {
            numbers[node] = (int) (low >> (node * 21)) & 0x1f_ffff;
            all[node] = servers.value(numbers[node]);
        }
        return new World(
                (int) high & 0xff_ffff,
                all,
                numbers,
                (int) (high >> 24) & 0xff,
                (int) (high >> 32) & 0xffff,
                (int) (high >> 48) & 0xff);
    }
}
