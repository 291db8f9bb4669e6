package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.testing.ViewFixture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What {@link Protocol} really allows: every change is tried in every record that three nodes can get into, and what comes of it is
 * written down. Nothing here is typed in.
 */
final class RecordTransitions {
    private static final int EPOCHS = 4;
    private static final Pattern COPY = Pattern.compile("\\b[abc]\\.[0-9a-f]{4}\\b");

    private final Map<RecordChange, Set<Arrow>> arrows = new EnumMap<>(RecordChange.class);
    private final Map<RecordChange, Set<String>> refusals = new EnumMap<>(RecordChange.class);
    private final Set<ClusterState> seen = new HashSet<>();

    /** From one phase to another, or to itself. */
    record Arrow(RecordPhase from, RecordPhase to) implements Comparable<Arrow> {
        @Override
        public int compareTo(Arrow other) {
            int first = from.compareTo(other.from);
            return first != 0 ? first : to.compareTo(other.to);
        }
    }

    private RecordTransitions() {
        for (RecordChange change : RecordChange.values()) {
            arrows.put(change, new TreeSet<>());
            refusals.put(change, new TreeSet<>());
        }
    }

    static RecordTransitions explore() {
        RecordTransitions all = new RecordTransitions();
        for (Durability durability : Durability.values()) {
            all.from(Protocol.bootstrap("cluster", "t1", ViewFixture.copy("a"), durability, 1));
        }
        return all;
    }

    private void from(ClusterState first) {
        Deque<ClusterState> open = new ArrayDeque<>();
        seen.add(first);
        open.add(first);
        while (!open.isEmpty()) {
            ClusterState state = open.remove();
            for (RecordChange change : RecordChange.values()) {
                for (Change tried : change.tries(state)) {
                    tried.next()
                            .ifPresentOrElse(
                                    next -> {
                                        arrows.get(change).add(new Arrow(RecordPhase.of(state), RecordPhase.of(next)));
                                        if (next.epoch() <= EPOCHS && seen.add(next)) {
                                            open.add(next);
                                        }
                                    },
                                    () -> refusals.get(change).add(general(tried.refusal())));
                }
            }
        }
    }

    /** Without the names and numbers of this case. */
    private static String general(String refusal) {
        Map<String, String> names = new LinkedHashMap<>();
        String lists = refusal.replaceAll("\\[[^]]*]", "[…]");
        return COPY.matcher(lists)
                .replaceAll((MatchResult match) ->
                        names.computeIfAbsent(match.group(), any -> String.valueOf((char) ('X' + names.size()))))
                .replaceAll("\\bt\\d+\\b", "…")
                .replaceAll("\\d+", "…");
    }

    int states() {
        return seen.size();
    }

    Set<Arrow> arrows(RecordChange change) {
        return arrows.get(change);
    }

    Set<String> refusals(RecordChange change) {
        return refusals.get(change);
    }

    /** The phases that are reached at all. */
    Set<RecordPhase> phases() {
        Set<RecordPhase> all = new TreeSet<>();
        seen.forEach(state -> all.add(RecordPhase.of(state)));
        return all;
    }
}
