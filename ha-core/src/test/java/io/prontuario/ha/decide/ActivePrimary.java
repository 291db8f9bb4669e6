package io.prontuario.ha.decide;

import io.prontuario.ha.decide.Records.Facts;
import java.util.Set;
import java.util.TreeSet;

/** What every fair run has to reach: an active primary that acknowledges commits. */
final class ActivePrimary implements Graph.Question {
    private final Names names;
    private final Records records;
    private final Bounds bounds;
    private final boolean byPolicy;

    /** @param byPolicy whether agents say themselves that they are open, as those of the product do */
    ActivePrimary(Names names, Records records, Bounds bounds, boolean byPolicy) {
        this.names = names;
        this.records = records;
        this.bounds = bounds;
        this.byPolicy = byPolicy;
    }

    @Override
    public boolean good(World world, int lost) {
        Facts facts = records.facts(world.record());
        Server server = world.server(facts.primaryNode());
        return facts.active()
                && facts.primaryNode() != lost
                && world.has(facts.primary())
                && server.servesAsPrimary()
                && (byPolicy ? server.opened() : server.obeyed()) == facts.epoch()
                && server.file() == server.effect()
                && everyNameCanAnswer(world, server.effect(), lost);
    }

    private boolean everyNameCanAnswer(World world, int setting, int lost) {
        if (names.gated(setting)) {
            return false;
        }
        for (int member : names.members(setting)) {
            if (!world.has(member) || Names.nodeOf(member) == lost) {
                return false;
            }
        }
        return true;
    }

    /**
     * Not at the last epoch, where a further nomination may be needed that the bounds do not allow. Otherwise as soon as there is one copy
     * left that could take over, or would be if its own agent had kept it.
     */
    @Override
    public boolean due(World world, int lost) {
        Facts facts = records.facts(world.record());
        if (facts.epoch() >= bounds.epochs() || !enoughForDurability(world, lost)) {
            return false;
        }
        Set<Integer> copies = new TreeSet<>(facts.candidates());
        int former = records.former(world.record());
        if (former >= 0) {
            copies.add(former);
        }
        return copies.stream()
                .filter(copy -> Names.nodeOf(copy) != lost)
                .anyMatch(copy -> records.couldTakeOver(world, copy)
                        || world.server(Names.nodeOf(copy)).blamed());
    }

    private boolean enoughForDurability(World world, int lost) {
        int present = world.nodes() - (lost < 0 ? 0 : 1);
        return switch (bounds.durability()) {
            case AVAILABLE, ASYNC -> true;
            case STRICT -> present > bounds.strictMinimum();
        };
    }
}
