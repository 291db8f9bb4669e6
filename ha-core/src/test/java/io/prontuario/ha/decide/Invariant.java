package io.prontuario.ha.decide;

import io.prontuario.ha.decide.Records.Facts;

/** What must hold in every state. */
interface Invariant {
    boolean holds(World world, Facts facts);

    /** What it promises, for the trace. */
    String promise();

    static Invariant of(String promise, Check check) {
        return new Invariant() {
            @Override
            public boolean holds(World world, Facts facts) {
                return check.holds(world, facts);
            }

            @Override
            public String promise() {
                return promise;
            }
        };
    }

    /** The check itself. */
    interface Check {
        boolean holds(World world, Facts facts);
    }

    /** The outcome that counts: nothing acknowledged is lost. */
    static Invariant nothingAcknowledgedIsLost() {
        return of(
                "the active primary holds every acknowledged commit",
                (world, facts) -> !facts.active()
                        || !world.has(facts.primary())
                        || world.server(facts.primaryNode()).log().holds(world.acknowledged()));
    }

    /** The one rule, in its own words. */
    static Invariant whoeverCouldTakeOverHasIt() {
        return of("a commit is acknowledged only if every node that could take over has it", (world, facts) -> {
            for (int copy : facts.candidates()) {
                if (world.has(copy) && !world.server(Names.nodeOf(copy)).log().holds(world.acknowledged())) {
                    return false;
                }
            }
            return true;
        });
    }

    /** What keeps the rule: names ⊇ inSync, in file and in effect. */
    static Invariant namesCoverTheInSyncSet(Names names) {
        return of("names cover the in-sync set", (world, facts) -> {
            if (!facts.active() || !world.has(facts.primary())) {
                return true;
            }
            Server server = world.server(facts.primaryNode());
            for (int copy : facts.inSync()) {
                if (!covers(names, server.file(), copy) || (server.up() && !covers(names, server.effect(), copy))) {
                    return false;
                }
            }
            return true;
        });
    }

    private static boolean covers(Names names, int setting, int copy) {
        return names.gated(setting) || names.has(setting, copy);
    }

    /** A server without names acknowledges alone; that is the active primary's, and nobody else's. */
    static Invariant onlyTheActivePrimaryAnswersAlone() {
        return of("only the active primary's server waits for nobody", (world, facts) -> {
            for (int node = 0; node < world.nodes(); node++) {
                Server server = world.server(node);
                boolean rightful = facts.active() && facts.primary() == world.copy(node);
                if (server.servesAsPrimary() && server.effect() == Names.NOBODY && !rightful) {
                    return false;
                }
            }
            return true;
        });
    }
}
