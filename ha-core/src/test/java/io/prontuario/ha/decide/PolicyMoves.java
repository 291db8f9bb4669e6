package io.prontuario.ha.decide;

import io.prontuario.ha.decide.Records.Facts;
import io.prontuario.ha.decide.Server.Act;

/**
 * What the agents of the product do: {@link AgentPolicy} decides on the view that the node has, and the duty is carried out as the engine
 * and the PostgreSQL strategy do it, one step at a time. The record that an agent goes by is the one it has seen last, which may be old;
 * a write to the record succeeds only if it is not.
 *
 * <p>How a step ends: it is done. Or nothing has happened, refused or unknown to the agent: then nothing here has changed, and that the
 * agent looks again is the state itself. Or it has happened and the agent does not know: it gives up between the parts of what it does
 * ({@link Move#CAN_NOT_FINISH}), it was written and not answered ({@link Move#UNANSWERED}, {@link Move#LATE_CERTIFY}), or the agent is killed and
 * forgets ({@link Move#AGENT_CRASH}).
 */
final class PolicyMoves implements Moves {
    private final Names names;
    private final Records records;
    private final Views views;
    private final Mistake mistake;
    private final boolean lostReplies;

    PolicyMoves(Names names, Records records, Views views, Bounds bounds, Mistake mistake) {
        this.lostReplies = bounds.lostReplies();
        this.mistake = mistake;
        this.names = names;
        this.records = records;
        this.views = views;
    }

    @Override
    public void from(World world, Steps steps) {
        for (int node = 0; node < world.nodes(); node++) {
            Server server = world.server(node);
            late(world, node, server, steps);
            crash(world, node, server, steps);
            if (server.act() != Act.NONE) {
                goOn(world, node, server, steps);
                continue;
            }
            if (server.seen() != world.record()) {
                steps.to(Move.LOOK, node, -1, ALWAYS, world.with(node, seeing(server, world.record())));
            }
            for (AgentDecision decision : views.decisions(world, node)) {
                carryOut(decision, world, node, server, steps);
            }
        }
    }

    private void late(World world, int node, Server server, Steps steps) {
        if (server.flight() >= 0) {
            int next = records.certify(world.record(), world.copy(node), server.flight());
            if (next != Records.REFUSED) {
                steps.to(Move.LATE_CERTIFY, node, Names.nodeOf(server.flight()), NEVER, world.written(next));
            }
        }
    }

    /** An agent forgets what it found out; a certifying write that it had sent may still land. */
    private static void crash(World world, int node, Server server, Steps steps) {
        Server calm = server.idle().withOpened(0).withRejoinNeeded(false).withAgain(false);
        Server crashed =
                server.act() == Act.READ && server.seen() == world.record() ? calm.withFlight(server.subject()) : calm;
        if (!crashed.equals(server)) {
            steps.to(Move.AGENT_CRASH, node, -1, NEVER, world.with(node, crashed));
        }
    }

    private void carryOut(AgentDecision decision, World world, int node, Server server, Steps steps) {
        boolean upToDate = server.seen() == world.record();
        int own = world.copy(node);
        int subject = decision.subject() == null ? -1 : Names.number(decision.subject());
        int wanted = names.number(decision.names());
        switch (decision.duty()) {
            case REST, HOLD, ATTEND, PREPARE_STOP -> {}
            case STOP_CLEANLY ->
                steps.to(Move.STOP_CLEANLY, node, -1, ALWAYS, world.with(node, server.stoppedCleanly()));
            case START_AGAIN -> {
                boolean asked = records.target(server.seen()) >= 0;
                Server started = mistake == Mistake.UNDO_WITH_OPENED_NAMES
                        ? server.upAsPrimary(Names.NOBODY)
                        : server.upAsItWas();
                steps.to(Move.START_AGAIN, node, -1, ALWAYS, world.with(node, started.withAgain(asked)));
            }
            case OPEN_AGAIN -> {
                Server opening = server.withAct(Act.SETTING, wanted, 1);
                steps.to(Move.OPEN_AGAIN, node, -1, ALWAYS, world.with(node, opening));
            }
            case UNDO -> {
                int next = upToDate ? records.undoSwitchover(world.record()) : Records.REFUSED;
                write(Move.UNDO, world, node, server.withAgain(false), -1, next, ALWAYS, steps);
            }
            case START_PRIMARY ->
                steps.to(Move.START_PRIMARY, node, -1, ALWAYS, world.with(node, server.upAsPrimary(Names.GATE)));
            case START_STANDBY -> startStandby(world, node, server, steps);
            case START_AS_IT_WAS ->
                steps.to(Move.START_AS_IT_WAS, node, -1, ALWAYS, world.with(node, server.upAsItWas()));
            case STOP -> steps.to(Move.STOP, node, -1, ALWAYS, world.with(node, server.down()));
            case PROMOTE -> promote(world, node, server, steps);
            case OPEN -> affirmed(Move.OPEN, world, node, server.withAct(Act.SETTING, wanted, 1), steps);
            case SET_NAMES -> {
                if (wanted == Names.GATE) {
                    Server gated = server.withFile(wanted, names);
                    steps.to(Move.SHUT, node, -1, ALWAYS, world.with(node, gated));
                } else {
                    affirmed(Move.SET_NAMES, world, node, server.withAct(Act.SETTING, wanted, 0), steps);
                }
            }
            case CERTIFY -> {
                int other = Names.nodeOf(subject);
                if (world.server(other).receivesFrom(node) && world.has(subject)) {
                    Server asking = server.withFile(wanted, names).withAct(Act.NAMED, subject, 0);
                    steps.to(Move.NAME_CANDIDATE, node, other, ALWAYS, world.with(node, asking));
                }
            }
            case DECERTIFY -> {
                if (mistake == Mistake.UNANSWERED_TAKEN_FOR_DONE) {
                    Server setting = server.withAct(Act.SETTING, wanted, 0);
                    steps.to(Move.NARROW, node, Names.nodeOf(subject), NEVER, world.with(node, setting));
                }
                int next = upToDate ? records.decertify(world.record(), own, subject) : Records.REFUSED;
                boolean lasting = !world.has(subject)
                        || records.facts(server.seen()).condemned().contains(subject);
                int counted = lasting ? ALWAYS : Names.nodeOf(subject);
                Server setting = server.withAct(Act.SETTING, wanted, 0);
                write(Move.DECERTIFY, world, node, setting, Names.nodeOf(subject), next, counted, steps);
            }
            case WITHDRAW -> {
                int next = upToDate ? records.withdraw(world.record(), subject) : Records.REFUSED;
                write(Move.WITHDRAW, world, node, server, -1, next, ALWAYS, steps);
            }
            case REJOIN -> rejoin(world, node, server, steps);
            case REPLACED -> {
                int next = upToDate ? records.replaced(world.record(), subject, own) : Records.REFUSED;
                write(Move.REPLACED, world, node, server, -1, next, ALWAYS, steps);
            }
            // The search gives no such order: it would be a decertification and a crash, which it has.
            case MEND_SETTINGS -> throw new AssertionError("nobody has changed a setting");
            case RESTART -> throw new AssertionError("nobody has ordered a restart");
        }
    }

    /** A write by the agent of a node: it knows the record that it has written, or has not heard that it is written. */
    private void write(Move move, World world, int node, Server server, int other, int next, int counted, Steps steps) {
        if (next != Records.REFUSED) {
            World written = world.with(node, server).written(next);
            steps.to(
                    move,
                    node,
                    other,
                    counted,
                    written.with(node, written.server(node).withSeen(next)));
            unanswered(world, node, next, steps);
        }
    }

    /** It is written, and the answer is lost: its agent goes by the record before it, and does nothing of what would come next. */
    private void unanswered(World world, int node, int next, Steps steps) {
        if (!lostReplies) {
            return;
        }
        World before = world.with(node, world.server(node).idle());
        steps.to(Move.UNANSWERED, node, -1, NEVER, before.written(next));
    }

    /** What its agent has done about a switchover does not count for the next one. */
    private Server seeing(Server server, int record) {
        Server knowing = server.withSeen(record);
        return records.target(record) >= 0 ? knowing : knowing.withAgain(false);
    }

    /** Writes the record as it is before anything is narrowed to it. */
    private void affirmed(Move move, World world, int node, Server server, Steps steps) {
        if (server.seen() == world.record()) {
            steps.to(move, node, -1, ALWAYS, world.with(node, server).written(world.record()));
            unanswered(world, node, world.record(), steps);
        }
    }

    private void startStandby(World world, int node, Server server, Steps steps) {
        int primary = records.facts(server.seen()).primaryNode();
        Server source = world.server(primary);
        if (!source.servesAsPrimary()) {
            return;
        }
        if (fits(server, source)) {
            Server started = server.upAsStandbyOf(primary, Names.GATE);
            steps.to(Move.START_STANDBY, node, primary, ALWAYS, world.with(node, started));
        } else {
            steps.to(Move.NOTICE_UNFIT, node, primary, ALWAYS, world.with(node, server.withRejoinNeeded(true)));
        }
    }

    /** As RejoinPlan of ha-postgres: it may just follow. */
    private static boolean fits(Server server, Server source) {
        boolean endsCleanly = !server.primary() || (server.clean() && !server.up());
        return endsCleanly && server.log().looksLikeBeginningOf(source.log());
    }

    private void promote(World world, int node, Server server, Steps steps) {
        Facts facts = records.facts(server.seen());
        if (!server.up()) {
            Server started = server.primary() ? server.upAsPrimary(Names.GATE) : server.upAsItWas();
            steps.to(Move.START_AS_IT_WAS, node, -1, ALWAYS, world.with(node, started));
            return;
        }
        Server shut = server.withFile(Names.GATE, names);
        if (server.primary()) {
            steps.to(Move.SHUT, node, -1, ALWAYS, world.with(node, shut.withAct(Act.PROMOTED, -1, 0)));
            return;
        }
        if (server.log().timeline() < facts.timeline()) {
            Server promoted = shut.promoted(facts.timeline(), facts.epoch()).withAct(Act.PROMOTED, -1, 0);
            steps.to(Move.PROMOTE, node, -1, ALWAYS, world.with(node, promoted));
        }
    }

    private void rejoin(World world, int node, Server server, Steps steps) {
        Facts facts = records.facts(server.seen());
        int primary = facts.primaryNode();
        Server source = world.server(primary);
        if (!source.servesAsPrimary() || primary == node) {
            return;
        }
        if (!server.usable()) {
            steps.to(Move.DESTROY, node, primary, ALWAYS, world.with(node, server.withAct(Act.REJOINING, primary, 0)));
            return;
        }
        if (facts.condemned().contains(world.copy(node))) {
            // The record is read once more before anything is done, and what condemns it forbids a certificate too.
            if (server.seen() == world.record()) {
                Server condemned =
                        server.destroyed(facts.names(world.copy(node))).withAct(Act.REJOINING, primary, 0);
                steps.to(Move.DESTROY, node, primary, ALWAYS, world.with(node, condemned));
            }
            return;
        }
        if (fits(server, source)) {
            Server following = server.upAsStandbyOf(primary, Names.GATE).withRejoinNeeded(false);
            steps.to(Move.FOLLOW, node, primary, ALWAYS, world.with(node, following));
            return;
        }
        boolean blamed = facts.names(world.copy(node));
        Server destroyed = server.destroyed(blamed).withAct(Act.REJOINING, primary, 0);
        steps.to(Move.DESTROY, node, primary, ALWAYS, world.with(node, destroyed));
        if (server.log().timeline() < source.log().timeline()) {
            Server rewound = server.destroyed(blamed)
                    .rebuilt(
                            world.freshGeneration(node, names, records.facts(world.record())),
                            server.log().rewoundTo(source.log()),
                            primary);
            steps.to(Move.REWOUND, node, primary, ALWAYS, world.with(node, rewound));
        }
    }

    private void goOn(World world, int node, Server server, Steps steps) {
        steps.to(Move.CAN_NOT_FINISH, node, -1, ALWAYS, world.with(node, server.idle()));
        int subject = server.subject();
        switch (server.act()) {
            case NONE -> {}
            case SETTING -> {
                if (server.up()) {
                    boolean opening = server.length() == 1 && !names.gated(subject);
                    Server set = server.withFile(subject, names);
                    Server next = opening ? set.withAct(Act.OPENING, -1, 0) : set.idle();
                    steps.to(Move.NAMES_WRITTEN, node, -1, ALWAYS, world.with(node, next));
                }
            }
            case OPENING -> {
                if (server.effect() == server.file() && everyNameIsThere(world, node, server)) {
                    int epoch = records.facts(server.seen()).epoch();
                    Server open = server.idle().withOpened(epoch);
                    steps.to(Move.OPENED, node, -1, ALWAYS, world.with(node, open));
                }
            }
            case NAMED -> {
                if (server.effect() == server.file()) {
                    Server next =
                            server.withAct(Act.TOKEN, subject, server.log().length());
                    steps.to(Move.TOKEN, node, Names.nodeOf(subject), ALWAYS, world.with(node, next));
                }
            }
            case TOKEN -> {
                Server there = world.server(Names.nodeOf(subject));
                if (world.has(subject)
                        && there.receivesFrom(node)
                        && there.log().hasEntry(server.log(), server.length())
                        && there.log().looksLikeBeginningOf(server.log())) {
                    Server next = server.withAct(Act.READ, subject, 0);
                    steps.to(Move.READ_TOKEN, node, Names.nodeOf(subject), ALWAYS, world.with(node, next));
                }
            }
            case READ -> {
                int next = server.seen() == world.record()
                        ? records.certify(world.record(), world.copy(node), subject)
                        : Records.REFUSED;
                write(Move.CERTIFY, world, node, server.idle(), Names.nodeOf(subject), next, ALWAYS, steps);
                if (lostReplies && next != Records.REFUSED) {
                    // Not answered, and not written yet either.
                    Server waiting = server.idle().withFlight(subject);
                    steps.to(Move.UNANSWERED, node, Names.nodeOf(subject), NEVER, world.with(node, waiting));
                }
            }
            case PROMOTED -> {
                int next = server.seen() == world.record()
                        ? records.activate(
                                world.record(), world.copy(node), server.log().timeline())
                        : Records.REFUSED;
                if (next != Records.REFUSED) {
                    Server opening = server.withAct(Act.SETTING, records.namesWhenActive(next), 1);
                    write(Move.ACTIVATE, world, node, opening, -1, next, ALWAYS, steps);
                }
            }
            case REJOINING -> {
                Server source = world.server(subject);
                if (source.servesAsPrimary()) {
                    int generation = world.freshGeneration(node, names, records.facts(world.record()));
                    Server rebuilt = server.rebuilt(generation, source.log(), subject);
                    steps.to(Move.REBUILT, node, subject, ALWAYS, world.with(node, rebuilt));
                }
            }
        }
    }

    private boolean everyNameIsThere(World world, int node, Server server) {
        for (int name : names.members(server.effect())) {
            if (!world.has(name) || !world.server(Names.nodeOf(name)).receivesFrom(node)) {
                return false;
            }
        }
        return true;
    }
}
