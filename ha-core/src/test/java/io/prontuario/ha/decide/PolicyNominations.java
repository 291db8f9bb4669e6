package io.prontuario.ha.decide;

import io.prontuario.ha.decide.Records.Facts;
import io.prontuario.ha.model.Copy;

/** The nominations that the product's coordinator makes, with a node lost for good or without: those a run may count on. */
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
            CoordinatorDecision decision = views.coordinators(world, lost, able);
            Copy subject = decision.subject();
            if (subject == null) {
                continue;
            }
            int heir = Names.number(subject);
            int next =
                    facts.active() ? records.nominate(world.record(), heir) : records.renominate(world.record(), heir);
            if (next == Records.REFUSED) {
                throw new IllegalStateException(
                        decision + " is refused by the protocol: " + records.value(world.record()));
            }
            Move move = facts.active() ? Move.NOMINATE : Move.RENOMINATE;
            steps.to(move, Names.nodeOf(heir), facts.primaryNode(), lost < 0 ? ALWAYS : lost, world.written(next));
        }
    }
}
