package io.prontuario.ha.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What restarting every server, one after the other, would do, and whether it may be begun.
 *
 * @param primary whose server is restarted last, by a switchover away from it
 * @param standbys whose servers are restarted first, in this order
 * @param switchover as it would be if it were asked for now; null when there is nobody to switch to
 */
public record RollingPlan(
        Copy primary, List<StandbyPlan> standbys, @Nullable SwitchoverPlan switchover) {
    public RollingPlan {
        standbys = List.copyOf(standbys);
    }

    /** Whether it may be begun. */
    public boolean possible() {
        return whyNot().isEmpty();
    }

    /** Why not, one sentence each; empty when it is possible. */
    public List<String> whyNot() {
        List<String> why = new ArrayList<>();
        standbys.forEach(plan -> plan.whyNot().forEach(one -> why.add(plan.node() + ": " + one)));
        if (switchover == null) {
            why.add("there is no standby to switch over to");
        } else {
            switchover.whyNot().forEach(one -> why.add("the switchover to " + switchover.to() + ": " + one));
        }
        return why;
    }
}
