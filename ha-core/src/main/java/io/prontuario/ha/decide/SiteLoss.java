package io.prontuario.ha.decide;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.model.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether nobody on site can serve. Stricter than {@link Detection}, whose mistakes cost a second: here clients would be led elsewhere. So
 * one observer is not enough, and a server that runs anywhere on site, certified or not, is hope that a person has to give up.
 */
public final class SiteLoss {
    private static final int OBSERVERS = 2;

    private SiteLoss() {}

    /** DEAD: nobody on site can serve, and at least two observers say so. ALIVE: somebody does or may soon. */
    public static Verdict verdict(ClusterView view) {
        ClusterState state = view.state();
        if (state == null) {
            return new Verdict(Verdict.Kind.UNCERTAIN, "no record has been read");
        }
        Optional<NodeStatus> runs = view.nodes().values().stream()
                .filter(status -> !status.leaving() && runs(status.data()))
                .findFirst();
        if (runs.isPresent()) {
            return new Verdict(Verdict.Kind.ALIVE, "the agent of " + runs.get().node() + " says that its server runs");
        }
        List<Sighting> said = view.sightings().stream()
                .filter(sighting -> sighting.target().equals(state.primary().node()))
                .toList();
        Duration suspicion = view.limits().suspicionTime();
        boolean reached = said.stream()
                .filter(sighting -> sighting.answer() == Answer.REACHED)
                .anyMatch(sighting -> sighting.lastReachedAge().compareTo(suspicion) < 0);
        if (reached) {
            return new Verdict(Verdict.Kind.ALIVE, state.primary() + " was reached");
        }
        Set<String> observers = new LinkedHashSet<>();
        said.stream()
                .filter(sighting -> sighting.answer() == Answer.UNREACHED
                        && sighting.lastReachedAge().compareTo(suspicion) >= 0)
                .forEach(sighting -> observers.add(sighting.observer().value()));
        Optional<NodeStatus> agent = view.status(state.primary().node());
        if (agent.isEmpty() && view.storeConnectedFor().compareTo(view.limits().sessionTime()) >= 0) {
            observers.add("the store, which has no session of its agent");
        }
        agent.filter(status -> !status.leaving()).map(NodeStatus::data).ifPresent(data -> {
            if (data.condition() == ServerCondition.DOWN || data.condition() == ServerCondition.HUNG) {
                observers.add("its own agent");
            }
        });
        String list = String.join(", ", observers);
        return observers.size() >= OBSERVERS
                ? new Verdict(
                        Verdict.Kind.DEAD,
                        "no server runs on site; the loss of " + state.primary() + " is seen by " + list)
                : new Verdict(
                        Verdict.Kind.UNCERTAIN,
                        "the loss of " + state.primary() + " is seen by "
                                + (observers.isEmpty() ? "nobody" : list + " alone"));
    }

    private static boolean runs(@Nullable DataStatus data) {
        return data != null
                && (data.condition() == ServerCondition.RUNNING || data.condition() == ServerCondition.STARTING);
    }

    /** The active primary, when its agent says that its server runs as one. */
    public static Optional<String> primaryServes(ClusterView view) {
        ClusterState state = view.state();
        return state != null && state.active() && runsAsPrimary(view, state)
                ? Optional.of(state.primary().toString())
                : Optional.empty();
    }

    private static boolean runsAsPrimary(ClusterView view, ClusterState state) {
        return view.status(state.primary().node())
                .filter(status -> !status.leaving())
                .map(NodeStatus::data)
                .filter(data -> data.runsAs(ServerMode.PRIMARY))
                .isPresent();
    }

    /** What is missing before clients may be led home: an active primary on site that runs, and a certified standby. Empty when nothing is. */
    public static Optional<String> againstReturn(ClusterView view) {
        ClusterState state = view.state();
        if (state == null) {
            return Optional.of("no record has been read");
        }
        List<String> missing = new ArrayList<>();
        if (!state.active() || state.transition() != null) {
            missing.add(state.primary()
                    + (state.active() ? " is active, its transition is not finished" : " is not active yet"));
        }
        if (!runsAsPrimary(view, state)) {
            missing.add("the agent of " + state.primary().node() + " does not say that its server runs as the primary");
        }
        if (state.inSync().isEmpty() && state.durability() != Durability.ASYNC) {
            missing.add("no standby is certified");
        }
        return missing.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", missing));
    }
}
