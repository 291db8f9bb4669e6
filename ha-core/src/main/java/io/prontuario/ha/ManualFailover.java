package io.prontuario.ha;

import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.FailoverPlanner;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.RenominationCause;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.FailoverPlan;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A failover that a person asks for, when the library does not begin one by itself: the primary is gone and nobody is certified to hold all
 * that it acknowledged, or commits wait for nobody ({@code ASYNC}). Needs nothing but a started store; the nodes do the work.
 */
public final class ManualFailover {
    private static final Duration LONGEST = Duration.ofSeconds(90);

    private final Asking asking;
    private final ClusterStore store;
    private final Ticker ticker;
    private final InstantSource clock;

    ManualFailover(ClusterStore store, Ticker ticker, InstantSource clock) {
        this.asking = new Asking(store, ticker);
        this.store = store;
        this.ticker = ticker;
        this.clock = clock;
    }

    /** On a store that was started and is connected. */
    public static ManualFailover on(ClusterStore store) {
        return new ManualFailover(store, Ticker.system(), InstantSource.system());
    }

    /**
     * What it would do, whether it may, and what may be lost. Changes nothing.
     *
     * @throws StoreUnavailableException when the store does not answer
     * @throws IllegalStateException when there is no record
     */
    public FailoverPlan plan(NodeName to) {
        return plan(asking.record().state(), to);
    }

    private FailoverPlan plan(ClusterState state, NodeName to) {
        asking.awaitStatuses(to, state.primary().node());
        return FailoverPlanner.plan(state, store.nodes(), to);
    }

    /**
     * A person's agreement to a takeover that the policy does not begin without one ({@code NEEDS_APPROVAL}): that node is nominated now if it
     * is certified to hold every acknowledged commit, so nothing is lost. Refused while the primary serves. Blocks as {@link #run} does.
     *
     * @throws StoreUnavailableException when the store does not answer before it was asked for
     */
    public Switchover.Result approve(NodeName to) {
        return run(plan(to), false, stage -> {});
    }

    /**
     * Lets the node of a plan become the primary, and waits until it is. Blocks; interrupting it leaves the rest to the nodes. Nothing is done
     * when another plan would be drawn up by now: what may be lost is what the plan says, and nothing else.
     *
     * @param seen what the person who asks has seen
     * @param acceptLoss whether what {@link FailoverPlan#loss} says may be lost; without it only a node that holds everything is nominated
     * @param progress told each stage as a sentence
     * @throws StoreUnavailableException when the store does not answer before it was asked for
     */
    public Switchover.Result run(FailoverPlan seen, boolean acceptLoss, Consumer<String> progress) {
        long began = ticker.nanos();
        String id = UUID.randomUUID().toString().substring(0, 8);
        Versioned record = asking.record();
        FailoverPlan plan = plan(record.state(), seen.to());
        Copy target = plan.target();
        if (!plan.possible() || target == null) {
            return asking.ended(false, "refused: " + String.join("; ", plan.whyNot()), began);
        }
        if (!plan.sameAs(seen)) {
            return asking.ended(false, "refused: the cluster has changed meanwhile; look at the plan again", began);
        }
        if (!plan.certified() && !acceptLoss) {
            return asking.ended(
                    false,
                    "refused: " + target + " is not certified to hold every acknowledged commit: " + plan.loss(),
                    began);
        }
        Change change = change(record.state(), target, plan.certified(), id);
        if (change.next().isEmpty()) {
            return asking.ended(false, "refused: " + change.refusal(), began);
        }
        boolean written = asking.written(
                record, change.next().get(), now -> now.transitionId().equals(id));
        if (!written) {
            return asking.ended(false, "refused: the record has changed meanwhile; look at the plan again", began);
        }
        progress.accept(target + " is nominated in epoch " + change.next().get().epoch());
        return await(record.state(), target, began);
    }

    private Change change(ClusterState state, Copy target, boolean certified, String id) {
        String reason = "asked for by a person";
        if (!certified) {
            return Protocol.nominateAcceptingLoss(state, target, id, reason + ", who accepts loss", clock.instant());
        }
        return state.active()
                ? Protocol.nominate(state, target, id, TransitionKind.FAILOVER, reason, clock.instant())
                : Protocol.renominate(state, target, RenominationCause.NO_PROGRESS, id);
    }

    private Switchover.Result await(ClusterState before, Copy target, long began) {
        while (asking.goesOn(began, LONGEST)) {
            ClusterState state = store.lastSeen().map(Versioned::state).orElse(before);
            Journal journal = state.transition();
            if (state.epoch() > before.epoch() && state.active() && journal == null) {
                boolean done = state.primary().equals(target);
                return asking.ended(
                        done,
                        state.primary() + " is the primary of epoch " + state.epoch()
                                + (done ? "" : ", not " + target + ": it could not be promoted"),
                        began);
            }
            asking.breathe();
        }
        return asking.unfinished(began);
    }
}
