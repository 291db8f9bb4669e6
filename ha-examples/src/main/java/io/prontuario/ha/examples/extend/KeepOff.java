package io.prontuario.ha.examples.extend;

import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.FailoverPolicy;
import java.util.Set;

/**
 * A policy that lets another one decide and keeps some nodes from taking over by themselves, such as one that is there for reports. A
 * person can still move the primary there by {@code ha switchover}. Pure, as every policy: it looks at the view and at nothing else.
 */
public final class KeepOff implements FailoverPolicy {
    private final FailoverPolicy other;
    private final Set<NodeName> nodes;

    private KeepOff(FailoverPolicy other, Set<NodeName> nodes) {
        this.other = other;
        this.nodes = nodes;
    }

    /** Decides as the other policy does, but holds where one of these nodes would take over. */
    public static KeepOff nodes(Set<NodeName> nodes, FailoverPolicy other) {
        return new KeepOff(other, Set.copyOf(nodes));
    }

    @Override
    public Decision decide(ClusterView view) {
        Decision decision = other.decide(view);
        return switch (decision.kind()) {
            case STAY, HOLD_AND_ALERT, NEEDS_APPROVAL -> decision;
            case FAIL_OVER ->
                decision.to() != null && nodes.contains(decision.to().node())
                        ? Decision.hold(
                                decision.reason() + "; " + decision.to().node() + " is kept from taking over by itself")
                        : decision;
        };
    }
}
