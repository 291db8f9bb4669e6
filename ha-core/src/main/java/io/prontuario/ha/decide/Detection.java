package io.prontuario.ha.decide;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.model.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether the node that the record names as primary counts as dead. A wrong answer costs a needless failover, never a write, so this
 * may be quick.
 *
 * <p>The agent beside the server knows best: its verdict beats every sighting. For a host that is silent the sightings count: all
 * negative for {@code suspicionTime} is enough, one fresh positive one vetoes. A proxy vetoes for {@link #PROXY_ALONE} times as long at
 * most: it asks the agent, and what it reaches says nothing of the server.
 */
public final class Detection {

    /**
     * So many suspicion times a proxy's check alone keeps the others from taking over. Without an end both sides would wait for each other: a
     * primary whose server no node reaches takes no standby out ({@link #reached}), so its commits wait until somebody takes over. Long
     * enough for it to have taken a lost standby out by then if any node does reach it.
     */
    private static final int PROXY_ALONE = 3;

    private Detection() {}

    public static Verdict verdict(ClusterView view, ClusterState state) {
        Optional<NodeStatus> agent = view.status(state.primary().node());
        if (agent.filter(NodeStatus::leaving).isPresent()) {
            return withoutItsAgent(view, state);
        }
        Optional<Verdict> own = agent.map(NodeStatus::data).flatMap(data -> agentsVerdict(state, data));
        if (own.isPresent()) {
            return own.get();
        }
        Verdict seen = fromSightings(view, state);
        return switch (seen.kind()) {
            case DEAD -> seen;
            case ALIVE, CUT_OFF, UNCERTAIN -> agent.isPresent() ? seen : vanished(view, state);
        };
    }

    /**
     * Its agent has said goodbye. What it said of its server is old, and that it answers no more says nothing; but whoever looks from
     * elsewhere finds a server that has died since.
     */
    private static Verdict withoutItsAgent(ClusterView view, ClusterState state) {
        Verdict seen = fromSightings(view, state);
        String left = "the agent of " + state.primary() + " has left in order, its server goes on without it: ";
        return new Verdict(seen.kind(), left + seen.reason());
    }

    private static Optional<Verdict> agentsVerdict(ClusterState state, DataStatus data) {
        return switch (data.condition()) {
            case DOWN -> Optional.of(dead("the agent of " + state.primary() + " saw its server die"));
            case HUNG ->
                Optional.of(dead("the agent of " + state.primary() + " says its server hangs: " + data.detail()));
            case RUNNING, STARTING, UNKNOWN -> Optional.empty();
        };
    }

    /** Who was reached less than this ago is well: nobody needs to ask further. */
    public static Duration fresh(Limits limits) {
        // Not dividedBy(2), which takes a BigDecimal for it, at every look.
        return Duration.ofNanos(limits.suspicionTime().toNanos() / 2);
    }

    /**
     * Whether one of these, all of the same server, has just reached it. What a node sees of the server itself goes before what its proxies
     * see: they ask the agent, who answers although nobody may reach the server.
     */
    public static boolean reached(List<Sighting> sightings, Duration within) {
        return sightings.stream()
                .filter(sighting -> sighting.answer() == Answer.REACHED)
                .filter(sighting -> sighting.lastReachedAge().compareTo(within) < 0)
                .anyMatch(sighting ->
                        !sighting.byProxy() || sightings.stream().noneMatch(other -> failed(sighting, other)));
    }

    /** The same node has looked for the server itself, in vain. */
    private static boolean failed(Sighting byProxy, Sighting other) {
        return other.observer().equals(byProxy.observer()) && !other.byProxy() && other.answer() == Answer.UNREACHED;
    }

    private static Verdict fromSightings(ClusterView view, ClusterState state) {
        List<Sighting> said = new ArrayList<>();
        Duration freshest = null;
        Duration freshestOfServer = null;
        boolean tried = false;
        boolean triedServer = false;
        for (Sighting sighting : view.sightings()) {
            if (sighting.answer() == Answer.UNKNOWN
                    || !sighting.target().equals(state.primary().node())) {
                continue;
            }
            said.add(sighting);
            tried |= sighting.answer() == Answer.UNREACHED;
            if (freshest == null || sighting.lastReachedAge().compareTo(freshest) < 0) {
                freshest = sighting.lastReachedAge();
            }
            if (!sighting.byProxy()) {
                triedServer |= sighting.answer() == Answer.UNREACHED;
                if (freshestOfServer == null || sighting.lastReachedAge().compareTo(freshestOfServer) < 0) {
                    freshestOfServer = sighting.lastReachedAge();
                }
            }
        }
        if (freshest == null) {
            return uncertain("nobody has looked at " + state.primary().node() + " yet");
        }
        Duration suspicionTime = view.limits().suspicionTime();
        // An old sighting does not veto. But somebody must have tried and failed: an observer that was paused itself
        // has nothing but old ones when it wakes.
        if (tried && freshest.compareTo(suspicionTime) >= 0) {
            return dead(state.primary() + " is silent, last reached: " + listed(said) + "; suspicion time "
                    + suspicionTime.toMillis() + " ms");
        }
        Duration proxyAlone = suspicionTime.multipliedBy(PROXY_ALONE);
        if (triedServer && freshestOfServer != null && freshestOfServer.compareTo(proxyAlone) >= 0) {
            return dead("the server of " + state.primary()
                    + " is reached by no node, though its agent is by a proxy, last reached: " + listed(said)
                    + "; a proxy alone is believed for " + proxyAlone.toMillis() + " ms");
        }
        // Without ages: what is well today is well tomorrow, and is not to be told again.
        if (freshest.compareTo(fresh(view.limits())) < 0) {
            return new Verdict(Verdict.Kind.ALIVE, state.primary() + " was reached");
        }
        return uncertain(state.primary() + " was not reached for more than half the suspicion time");
    }

    private static String listed(List<Sighting> said) {
        return said.stream()
                .map(sighting -> sighting.observer() + " by " + sighting.means() + " "
                        + sighting.lastReachedAge().toMillis() + " ms ago")
                .collect(Collectors.joining(", "));
    }

    /** The agent's session is gone. Its server may stream on, but nobody looks after it any more. */
    private static Verdict vanished(ClusterView view, ClusterState state) {
        boolean connectedLongEnough =
                view.storeConnectedFor().compareTo(view.limits().sessionTime()) >= 0;
        if (!connectedLongEnough) {
            return uncertain("the agent of " + state.primary()
                    + " has no session, but this node itself has been connected for only "
                    + view.storeConnectedFor().toMillis() + " ms");
        }
        return switch (view.primaryAnswers()) {
            case UNREACHED ->
                dead("the agent of " + state.primary() + " has vanished: no session, no answer on /primary");
            case REACHED ->
                new Verdict(
                        Verdict.Kind.CUT_OFF,
                        // Without what was seen of its server, which changes all the time without being news.
                        "the agent of " + state.primary() + " has lost its session but answers on /primary: nobody"
                                + " takes over while its server is reached, and it can take out no standby that is"
                                + " lost. Check its way to the store");
            case UNKNOWN ->
                uncertain("the agent of " + state.primary() + " has no session; /primary was not asked yet");
        };
    }

    private static Verdict dead(String reason) {
        return new Verdict(Verdict.Kind.DEAD, reason);
    }

    private static Verdict uncertain(String reason) {
        return new Verdict(Verdict.Kind.UNCERTAIN, reason);
    }
}
