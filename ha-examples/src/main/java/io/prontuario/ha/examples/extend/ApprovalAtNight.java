package io.prontuario.ha.examples.extend;

import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.spi.FailoverPolicy;
import java.time.InstantSource;

/**
 * Within business hours another policy decides; outside of them a person has to agree before anybody takes over. The hour is not in the
 * view, so it is handed in, and a test says what it is.
 *
 * <p>The agreement is none of this policy's matters: whoever agrees ({@code ha approve --takeover}, {@code HaNode.approve}, {@code POST /approve})
 * writes the nomination himself, for the node and the primary that he sees.
 *
 * <p>It costs what it says: at night the record stands still until somebody agrees. It is for a hospital that would rather wait for the person
 * on duty than have the database moved while nobody watches, and it needs about the same clock, and the same zone, on every node that may
 * coordinate.
 */
public final class ApprovalAtNight implements FailoverPolicy {
    private final FailoverPolicy other;
    private final BusinessHours hours;
    private final InstantSource clock;

    private ApprovalAtNight(FailoverPolicy other, BusinessHours hours, InstantSource clock) {
        this.other = other;
        this.hours = hours;
        this.clock = clock;
    }

    /** Decides as the other policy does, and asks for an approval where it would let somebody take over outside of these hours. */
    public static ApprovalAtNight outside(BusinessHours hours, InstantSource clock, FailoverPolicy other) {
        return new ApprovalAtNight(other, hours, clock);
    }

    @Override
    public Decision decide(ClusterView view) {
        Decision decision = other.decide(view);
        return switch (decision.kind()) {
            case STAY, HOLD_AND_ALERT, NEEDS_APPROVAL -> decision;
            case FAIL_OVER -> atThisHour(decision);
        };
    }

    private Decision atThisHour(Decision decision) {
        Copy to = decision.to();
        return to == null || hours.at(clock.instant())
                ? decision
                : Decision.needsApproval(
                        to,
                        decision.reason() + "; outside of business hours a person has to agree: ha approve --takeover "
                                + to.node());
    }
}
