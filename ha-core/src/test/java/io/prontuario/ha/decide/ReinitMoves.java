package io.prontuario.ha.decide;

import io.prontuario.ha.decide.Records.Facts;

/** A person wants the copy on some node copied anew, at any moment at which the record allows it. */
final class ReinitMoves implements Moves {
    private final Records records;

    ReinitMoves(Records records) {
        this.records = records;
    }

    @Override
    public void from(World world, Steps steps) {
        Facts facts = records.facts(world.record());
        for (int node = 0; node < world.nodes(); node++) {
            int next = world.server(node).usable() && facts.condemned().isEmpty()
                    ? records.condemn(world.record(), world.copy(node))
                    : Records.REFUSED;
            if (next != Records.REFUSED) {
                steps.to(Move.CONDEMN, node, -1, NEVER, world.written(next));
            }
        }
    }
}
