package io.prontuario.ha.decide;

import io.prontuario.ha.decide.Records.Facts;
import java.util.Objects;

/** The nominations that the product's coordinator makes, with a node lost for good or without: those a run may count on. It keeps nothing in
 * its memory: one that was killed after a write, or was not answered, is the next one that looks. */
final class PolicyNominations implements Moves {
    private final Records records;
    private final Bounds bounds;
    private final Views views;

    PolicyNominations(Records records, Bounds bounds, Views views) {
        this.records = records;
        this.bounds = bounds;
        this.views = views;
    }

    @Override
    public void from(World world, Steps steps) {
        Facts facts = records.facts(world.record());
        if (facts.epoch() >= bounds.epochs()) {
            return;
        }
        boolean able = records.couldActivate(world);
        for (int lost = -1; lost < world.nodes(); lost++) {
            decided(world, facts, views.coordinators(world, lost, able, false), lost, steps);
            if (records.preparing(world.record())) {
                decided(world, facts, views.coordinators(world, lost, able, true), lost, steps);
            }
        }
    }

    private void decided(World world, Facts facts, CoordinatorDecision decision, int lost, Steps steps) {
        int counted = lost < 0 ? ALWAYS : lost;
        int record = world.record();
        Server primary = world.server(facts.primaryNode());
        switch (decision.move()) {
            // No pause of this model ends by itself: a person may end it at any moment, which is more.
            case REST, HOLD, PREPARE, AWAIT, RESUME -> {}
            case NOMINATE ->
                to(Move.NOMINATE, world, decision, records.nominate(record, heir(decision)), counted, steps);
            case RENOMINATE ->
                to(Move.RENOMINATE, world, decision, records.renominate(record, heir(decision)), counted, steps);
            case SWITCH_OVER ->
                to(Move.SWITCH_OVER, world, decision, records.completeSwitchover(record), counted, steps);
            case UNDO -> to(Move.UNDO, world, decision, records.undoSwitchover(record), counted, steps);
            case CARRY_ON -> {
                // What is active has its journal closed with that in this model; but for an undone switchover.
                if (records.preparing(record) && primary.servesAsPrimary() && primary.opened() == facts.epoch()) {
                    to(Move.FINISH, world, decision, records.finish(record), counted, steps);
                }
            }
        }
    }

    private static int heir(CoordinatorDecision decision) {
        return Names.number(Objects.requireNonNull(decision.subject()));
    }

    private void to(Move move, World world, CoordinatorDecision decision, int next, int counted, Steps steps) {
        if (next == Records.REFUSED) {
            throw new IllegalStateException(decision + " is refused by the protocol: " + records.value(world.record()));
        }
        int primary = records.facts(world.record()).primaryNode();
        int who = decision.subject() == null ? primary : Names.nodeOf(heir(decision));
        steps.to(move, who, primary, counted, world.written(next));
    }
}
