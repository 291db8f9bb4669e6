package io.prontuario.ha.examples.extend;

import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.spi.FailoverPolicy;
import java.time.InstantSource;

/**
 * Within business hours another policy decides; outside of them a person has to agree before anybody takes over. What is not in the view,
 * the hour and the agreement, is handed in, so that a test says what it is.
 *
 * <p>It costs what it says: at night the record stands still until somebody agrees. It is for a hospital that would rather wait for the person
 * on duty than have the database moved while nobody watches, and it needs the same clock, zone and {@link Approvals} on every node that
 * may coordinate.
 */
public final class ApprovalAtNight implements FailoverPolicy {
    private final FailoverPolicy other;
    private final BusinessHours hours;
    private final InstantSource clock;
    private final Approvals approvals;

    private ApprovalAtNight(FailoverPolicy other, BusinessHours hours, InstantSource clock, Approvals approvals) {
        this.other = other;
        this.hours = hours;
        this.clock = clock;
        this.approvals = approvals;
    }

    /** Decides as the other policy does, and asks for an approval where it would let somebody take over outside of these hours. */
    public static ApprovalAtNight outside(
            BusinessHours hours, InstantSource clock, Approvals approvals, FailoverPolicy other) {
        return new ApprovalAtNight(other, hours, clock, approvals);
    }

    @Override
    public Decision decide(ClusterView view) {
        Decision decision = other.decide(view);
        return switch (decision.kind()) {
            case STAY, HOLD_AND_ALERT, NEEDS_APPROVAL -> decision;
            case FAIL_OVER -> atThisHour(view, decision);
        };
    }

    private Decision atThisHour(ClusterView view, Decision decision) {
        Copy to = decision.to();
        if (to == null || view.state() == null || hours.at(clock.instant())) {
            return decision;
        }
        long epoch = view.state().epoch();
        return approvals.approved(to.node(), epoch)
                ? Decision.failOver(to, decision.reason() + "; a person has agreed")
                : Decision.needsApproval(
                        to,
                        decision.reason() + "; outside of business hours a person has to agree that " + to.node()
                                + " takes over in epoch " + epoch);
    }
}
