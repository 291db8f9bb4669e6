package io.prontuario.ha.decide;

/**
 * What servers, their network, their clients and people do, whatever any agent thinks of it.
 *
 * <p>Acknowledgement is PostgreSQL's: a commit is answered when every name in effect has a connection that reports a position beyond it.
 * Nothing in that looks at what is written there, so a standby with another history acknowledges what it does not have.
 */
final class ServerMoves implements Moves {
    private final Names names;
    private final Bounds bounds;
    private final Mistake mistake;
    private final Records records;

    ServerMoves(Names names, Records records, Bounds bounds, Mistake mistake) {
        this.names = names;
        this.records = records;
        this.bounds = bounds;
        this.mistake = mistake;
    }

    @Override
    public void from(World world, Steps steps) {
        if (bounds.switchovers()) {
            switchovers(world, steps);
        }
        for (int node = 0; node < world.nodes(); node++) {
            Server server = world.server(node);
            if (server.servesAsPrimary()) {
                clients(world, node, server, steps);
            }
            if (server.up() && server.file() != server.effect()) {
                steps.to(Move.RELOAD, node, -1, ALWAYS, world.with(node, server.withEffect(server.file())));
            }
            if (server.runsAsStandby()) {
                stream(world, node, server, steps);
            }
            people(world, node, server, steps);
            if (world.faults() < bounds.faults()) {
                faults(world, node, server, steps);
            }
        }
    }

    private void clients(World world, int node, Server server, Steps steps) {
        if (world.commits() < bounds.commits()) {
            Server committed = server.withLog(server.log().commit(world.commits()));
            steps.to(Move.COMMIT, node, -1, NEVER, world.committed(node, committed));
        }
        if (names.gated(server.effect())) {
            return;
        }
        for (int commit = 0; commit < world.commits(); commit++) {
            int position = server.log().positionOf(commit);
            boolean waits = (world.acknowledged() & 1 << commit) == 0;
            if (waits && position >= 0 && everyNameIsBeyond(world, node, server, position)) {
                steps.to(Move.ACKNOWLEDGE, node, -1, NEVER, world.acknowledged(commit));
            }
        }
    }

    private boolean everyNameIsBeyond(World world, int node, Server server, int position) {
        for (int name : names.members(server.effect())) {
            Server standby = world.server(Names.nodeOf(name));
            if (!standby.receivesFrom(node)
                    || standby.log().length() <= position
                    || !server.log().knowsTimeline(standby.log().timeline())
                    || standby.generation() != Names.generationOf(name)) {
                return false;
            }
        }
        return true;
    }

    private static void stream(World world, int node, Server server, Steps steps) {
        if (server.source() < 0) {
            return;
        }
        Server source = world.server(server.source());
        if (!source.servesAsPrimary()) {
            return;
        }
        if (!server.linked()) {
            steps.to(Move.RECONNECT, node, server.source(), ALWAYS, world.with(node, server.withLink(true)));
        } else if (server.log().length() < source.log().length() && server.log().looksLikeBeginningOf(source.log())) {
            Server next = server.withLog(server.log().withNextOf(source.log()));
            steps.to(Move.STREAM, node, server.source(), ALWAYS, world.with(node, next));
        }
    }

    /** Asked for at any moment, and undone at any moment before the nomination, with a reason or without. */
    private void switchovers(World world, Steps steps) {
        Records.Facts facts = records.facts(world.record());
        for (int standby : facts.inSync()) {
            int asked = records.askSwitchover(world.record(), standby);
            if (asked != Records.REFUSED) {
                steps.to(Move.ASK_SWITCHOVER, Names.nodeOf(standby), -1, NEVER, world.written(asked));
            }
        }
        int undone = records.undoSwitchover(world.record());
        if (undone != Records.REFUSED) {
            steps.to(Move.UNDO, facts.primaryNode(), -1, NEVER, world.written(undone));
        }
    }

    /** Foreign restarts: they cost no fault, they happen at any time. */
    private void people(World world, int node, Server server, Steps steps) {
        if (!server.usable()) {
            return;
        }
        if (!server.up()) {
            steps.to(Move.RESTART, node, -1, NEVER, world.with(node, server.upAsItWas()));
        }
        int primary = records.facts(world.record()).primaryNode();
        Server other = world.server(primary);
        boolean already = server.runsAsStandby() && server.source() == primary;
        if (primary != node && other.servesAsPrimary() && !already) {
            steps.to(
                    Move.FOLLOW_UNREWOUND,
                    node,
                    primary,
                    NEVER,
                    world.with(node, server.upAsStandbyOf(primary, server.file())));
        }
    }

    private void faults(World world, int node, Server server, Steps steps) {
        World after = world.afterFault();
        if (server.up()) {
            steps.to(Move.CRASH, node, -1, NEVER, after.with(node, server.down()));
        }
        if (server.runsAsStandby()
                && server.linked()
                && world.server(server.source()).servesAsPrimary()) {
            steps.to(Move.CUT, node, server.source(), NEVER, after.with(node, server.withLink(false)));
        }
        if (server.runsAsStandby() && server.file() == Names.GATE && nobodyWasPromotedByHand(world)) {
            Server promoted = server.promoted(server.log().timeline() + 1, Log.BY_HAND + node);
            steps.to(Move.PROMOTE_BY_HAND, node, -1, NEVER, after.with(node, promoted));
        }
        if (server.usable() && !server.servesAsPrimary() && mistake != Mistake.NODES_NOT_COPIES) {
            steps.to(Move.VANISH, node, -1, NEVER, after.with(node, server.destroyed(false)));
        }
    }

    private static boolean nobodyWasPromotedByHand(World world) {
        for (int node = 0; node < world.nodes(); node++) {
            if (world.server(node).log().wasPromotedByHand()) {
                return false;
            }
        }
        return true;
    }
}
