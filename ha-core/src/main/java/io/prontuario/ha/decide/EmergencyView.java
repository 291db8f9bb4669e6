package io.prontuario.ha.decide;

import io.prontuario.ha.model.ApprovalAnswer;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an emergency is decided by.
 *
 * @param cluster what this node sees
 * @param emergency the emergency as it was read just now; null when there is none
 * @param inHand the store answers and this node coordinates: what is decided can be written by compare-and-set
 * @param lostFor how long {@link SiteLoss} has said DEAD without a break
 * @param phaseFor how long this node has seen the emergency in its phase
 * @param answer what the approver says
 * @param rules when, and who has to agree
 * @param refused why the last step of this phase was refused; empty when it was not
 */
public record EmergencyView(
        ClusterView cluster,
        @Nullable Emergency emergency,
        boolean inHand,
        Duration lostFor,
        Duration phaseFor,
        ApprovalAnswer answer,
        EmergencyRules rules,
        String refused) {}
