package io.prontuario.ha.decide;

import io.prontuario.ha.decide.Records.Facts;

/**
 * Nominations: of any certified standby at any moment, on any suspicion, right or wrong. A run may count only on those for which there is a
 * reason: the present one's data is gone, it cannot activate, or its node is lost for good.
 */
final class CoordinatorMoves implements Moves {
    private final Records records;
    private final Bounds bounds;
    private final Mistake mistake;

    CoordinatorMoves(Records records, Bounds bounds, Mistake mistake) {
        this.records = records;
        this.bounds = bounds;
        this.mistake = mistake;
    }

    @Override
    public void from(World world, Steps steps) {
        Facts facts = records.facts(world.record());
        if (facts.epoch() >= bounds.epochs()) {
            return;
        }
        int counted = records.couldActivate(world) ? facts.primaryNode() : ALWAYS;
        if (!facts.active()) {
            for (int heir : facts.heirs()) {
                to(Move.RENOMINATE, world, facts, heir, records.renominate(world.record(), heir), counted, steps);
            }
            return;
        }
        int target = records.target(world.record());
        if (target >= 0 && facts.inSync().contains(target)) {
            to(Move.SWITCH_OVER, world, facts, target, records.completeSwitchover(world.record()), NEVER, steps);
        }
        for (int heir : facts.inSync()) {
            to(Move.NOMINATE, world, facts, heir, records.nominate(world.record(), heir), counted, steps);
        }
        for (int node = 0; node < world.nodes(); node++) {
            int copy = world.copy(node);
            Server server = world.server(node);
            if (node == facts.primaryNode()) {
                continue;
            }
            if (mistake == Mistake.NOMINATE_ANY && server.runsAsStandby()) {
                to(Move.NOMINATE, world, facts, copy, records.nominate(world.record(), copy), counted, steps);
            }
            if (mistake == Mistake.TAKEBACK_WHEN_ACTIVE && server.usable()) {
                to(Move.TAKE_BACK, world, facts, copy, records.takeBack(world.record(), copy), NEVER, steps);
            }
        }
    }

    private static void to(Move move, World world, Facts facts, int heir, int next, int counted, Moves.Steps steps) {
        if (next != Records.REFUSED) {
            steps.to(move, Names.nodeOf(heir), facts.primaryNode(), counted, world.written(next));
        }
    }
}
