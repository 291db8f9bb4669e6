package io.prontuario.ha.decide;

import io.prontuario.ha.decide.Records.Facts;
import io.prontuario.ha.decide.Server.Act;

/**
 * What the protocol allows an agent to do, at any moment at which it allows it: more than any policy does. Each guard can be left out by
 * a {@link Mistake}.
 */
final class AgentMoves implements Moves {
    private final Names names;
    private final Records records;
    private final Mistake mistake;

    AgentMoves(Names names, Records records, Mistake mistake) {
        this.names = names;
        this.records = records;
        this.mistake = mistake;
    }

    @Override
    public void from(World world, Steps steps) {
        Facts facts = records.facts(world.record());
        for (int node = 0; node < world.nodes(); node++) {
            Server server = world.server(node);
            late(world, node, server, steps);
            if (facts.primary() == world.copy(node) && server.usable()) {
                named(world, facts, node, server, steps);
            } else if (facts.primaryNode() != node) {
                other(world, facts, node, server, steps);
            }
            if (mistake == Mistake.UNDO_WITH_OPENED_NAMES
                    && !server.up()
                    && server.primary()
                    && records.switchingOver(world.record())
                    && records.former(world.record()) == world.copy(node)) {
                steps.to(Move.START_OPENED, node, -1, NEVER, world.with(node, server.upAsPrimary(Names.NOBODY)));
            }
            if (server.act() == Act.READ) {
                Server crashed = server.idle().withFlight(server.subject());
                steps.to(Move.AGENT_CRASH, node, -1, NEVER, world.with(node, crashed));
            } else if (server.act() != Act.NONE) {
                steps.to(Move.CAN_NOT_FINISH, node, -1, ALWAYS, world.with(node, server.idle()));
            }
        }
    }

    /** A certifying write that was sent before its agent died: it lands if nobody has written the record since. */
    private void late(World world, int node, Server server, Steps steps) {
        if (server.flight() >= 0) {
            int next = records.certify(world.record(), world.copy(node), server.flight());
            if (next != Records.REFUSED) {
                steps.to(Move.LATE_CERTIFY, node, Names.nodeOf(server.flight()), NEVER, world.written(next));
            }
        }
    }

    /** The node that the record names. */
    private void named(World world, Facts facts, int node, Server server, Steps steps) {
        if (!server.up()) {
            Server started = server.primary() || facts.active() ? server.upAsPrimary(Names.GATE) : server.upAsItWas();
            steps.to(Move.START_PRIMARY, node, -1, ALWAYS, world.with(node, started));
            return;
        }
        if (!server.primary()) {
            inRecovery(world, facts, node, server, steps);
            return;
        }
        if (server.obeyed() != facts.epoch()) {
            Server shut = server.idle().withFile(Names.GATE, names).withObeyed(facts.epoch());
            steps.to(Move.SHUT, node, -1, ALWAYS, world.with(node, shut));
            return;
        }
        boolean shut = server.file() == Names.GATE;
        if (shut && !facts.active()) {
            int next = records.activate(
                    world.record(), world.copy(node), server.log().timeline());
            if (next != Records.REFUSED) {
                steps.to(Move.ACTIVATE, node, -1, ALWAYS, world.written(next));
            }
        }
        if (shut && (facts.active() || mistake == Mistake.OPEN_BEFORE_ACTIVATE)) {
            narrow(Move.OPEN, world, node, steps);
        }
        if (!shut && facts.active()) {
            serving(world, facts, node, server, steps);
        }
    }

    private void inRecovery(World world, Facts facts, int node, Server server, Steps steps) {
        if (facts.active()) {
            steps.to(Move.STOP, node, -1, ALWAYS, world.with(node, server.down()));
        } else if (server.file() != Names.GATE) {
            steps.to(Move.SHUT, node, -1, ALWAYS, world.with(node, server.withFile(Names.GATE, names)));
        } else if (server.log().timeline() < facts.timeline()) {
            // Ids below the recorded one are put out of the choice; PostgreSQL takes the next that it knows nothing of.
            Server promoted = server.promoted(facts.timeline(), facts.epoch()).withObeyed(facts.epoch());
            steps.to(Move.PROMOTE, node, -1, ALWAYS, world.with(node, promoted));
        }
    }

    private void serving(World world, Facts facts, int node, Server server, Steps steps) {
        int own = world.copy(node);
        if (server.act() == Act.NONE) {
            if (!names.sameSet(server.file(), records.namesWhenActive(world.record()))) {
                narrow(Move.NARROW, world, node, steps);
            }
            for (int other = 0; other < world.nodes(); other++) {
                int copy = world.copy(other);
                if (other != node
                        && world.has(copy)
                        && !facts.inSync().contains(copy)
                        && !facts.condemned().contains(copy)) {
                    int wider = records.namesWithCandidate(world.record(), copy);
                    if (!names.cover(wider, server.file()) && mistake != Mistake.REPLACE_CANDIDATE) {
                        continue;
                    }
                    Server asking = server.withFile(wider, names)
                            .withAct(Act.NAMED, copy, server.log().length());
                    steps.to(Move.NAME_CANDIDATE, node, other, ALWAYS, world.with(node, asking));
                }
            }
            for (int copy : facts.inSync()) {
                // Without a reason it may happen at any time, but nobody may count on it.
                int counted = world.has(copy) ? Names.nodeOf(copy) : ALWAYS;
                int next = records.decertify(world.record(), own, copy);
                steps.to(Move.DECERTIFY, node, Names.nodeOf(copy), counted, world.written(next));
                if (mistake == Mistake.DROP_FIRST) {
                    Server dropped = server.withFile(records.namesWithout(world.record(), copy), names);
                    steps.to(Move.DROP_NAME, node, Names.nodeOf(copy), NEVER, world.with(node, dropped));
                }
            }
        } else {
            proving(world, node, server, steps);
        }
    }

    private void proving(World world, int node, Server server, Steps steps) {
        int standby = server.subject();
        int other = Names.nodeOf(standby);
        boolean byPosition = mistake == Mistake.CERTIFY_BY_POSITION;
        switch (server.act()) {
            case NAMED -> {
                boolean waiting = server.effect() == server.file();
                if (waiting || mistake == Mistake.TOKEN_BEFORE_COMMITS_WAIT) {
                    int upTo = mistake == Mistake.CERTIFY_NO_CANARY
                            ? server.length()
                            : server.log().length();
                    Server next = server.withAct(Act.TOKEN, standby, upTo);
                    steps.to(Move.TOKEN, node, other, ALWAYS, world.with(node, next));
                    if (records.wasCertifiedBefore(world.record(), standby)) {
                        steps.to(
                                Move.READ_TOKEN,
                                node,
                                other,
                                NEVER,
                                world.with(node, server.withAct(Act.READ, standby, 0)));
                    }
                }
            }
            case TOKEN -> {
                Server there = world.server(other);
                boolean read = there.log().hasEntry(server.log(), server.length())
                        && there.log().looksLikeBeginningOf(server.log());
                boolean far = there.log().length() >= server.length();
                if (world.has(standby) && there.receivesFrom(node) && (byPosition ? far : read)) {
                    steps.to(
                            Move.READ_TOKEN,
                            node,
                            other,
                            ALWAYS,
                            world.with(node, server.withAct(Act.READ, standby, 0)));
                }
            }
            case READ -> {
                int next = records.certify(world.record(), world.copy(node), standby);
                if (next != Records.REFUSED) {
                    steps.to(Move.CERTIFY, node, other, ALWAYS, world.written(next));
                }
            }
            case NONE, SETTING, OPENING, PROMOTED, REJOINING ->
                throw new IllegalStateException("not a proof: " + server);
        }
    }

    /** Any node but the one that the record names. */
    private void other(World world, Facts facts, int node, Server server, Steps steps) {
        int own = world.copy(node);
        if (server.usable() && facts.inSync().contains(own)) {
            steps.to(Move.WITHDRAW, node, -1, NEVER, world.written(records.withdraw(world.record(), own)));
        }
        int primary = facts.primaryNode();
        Server source = world.server(primary);
        boolean sourceServes = source.servesAsPrimary() && source.obeyed() == facts.epoch();
        boolean allowed = facts.active() ? !facts.names(own) : mistake == Mistake.REWIND_BEFORE_ACTIVE;
        if (sourceServes && server.usable() && allowed) {
            boolean same = mistake == Mistake.NODES_NOT_COPIES;
            Server empty = same
                    ? server.destroyed(false).rebuilt(server.generation(), Log.EMPTY, primary)
                    : server.destroyed(facts.names(own));
            steps.to(Move.DESTROY, node, primary, ALWAYS, world.with(node, empty));
        }
        if (sourceServes && facts.active() && !server.usable()) {
            int generation = world.freshGeneration(node, names, facts);
            Server rebuilt = server.rebuilt(generation, source.log(), primary);
            steps.to(Move.REBUILT, node, primary, ALWAYS, world.with(node, rebuilt));
        }
        // An agent lets its server follow only where its log fits; a person does not ask.
        if (sourceServes
                && facts.active()
                && server.usable()
                && !(server.runsAsStandby() && server.source() == primary)
                && server.log().looksLikeBeginningOf(source.log())) {
            steps.to(Move.FOLLOW, node, primary, ALWAYS, world.with(node, server.upAsStandbyOf(primary, Names.GATE)));
        }
    }

    /** Names are narrowed only after the record was written again as it is: nothing that was on its way can land any more. */
    private void narrow(Move move, World world, int node, Steps steps) {
        World affirmed = mistake == Mistake.NARROW_UNAFFIRMED ? world : world.written(world.record());
        Server narrowed = affirmed.server(node).withFile(records.namesWhenActive(world.record()), names);
        steps.to(move, node, -1, ALWAYS, affirmed.with(node, narrowed));
    }
}
