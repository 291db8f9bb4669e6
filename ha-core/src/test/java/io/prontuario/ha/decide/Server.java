package io.prontuario.ha.decide;

/**
 * One data node of the model: its server, its data and what its agent is in the midst of.
 *
 * @param usable whether there is data with a copy id; false once it was destroyed
 * @param primary whether it is out of recovery, or would start so
 * @param up whether the server runs
 * @param log what its data holds
 * @param generation which copy of the data it is, counted from 0
 * @param file the names that the next start or reload takes, as a number of {@link Names}
 * @param effect the names that commits obey
 * @param source whom it receives from when it is a standby; -1 nobody
 * @param linked whether that connection stands
 * @param obeyed the epoch under which its agent last shut the gate or promoted it; 0 none
 * @param act what its agent is in the midst of
 * @param subject whom or what that is about: a copy for a proof, names for a change of names; -1 nothing
 * @param length how much of the log is to be found on the subject, for a proof
 * @param flight the copy whose certifying write was sent by an agent that did not live to see the answer; -1 none
 * @param blamed its own agent destroyed data that the record held
 * @param seen the record as its agent knows it
 * @param opened the epoch in which its agent saw a commit acknowledged; 0 not open
 * @param rejoinNeeded its agent knows that the log does not fit
 * @param clean it is down and was stopped cleanly for a switchover
 * @param again its agent has started it again after a switchover that was not nominated in time
 */
record Server(
        boolean usable,
        boolean primary,
        boolean up,
        Log log,
        int generation,
        int file,
        int effect,
        int source,
        boolean linked,
        int obeyed,
        Act act,
        int subject,
        int length,
        int flight,
        boolean blamed,
        int seen,
        int opened,
        boolean rejoinNeeded,
        boolean clean,
        boolean again) {

    /** What an agent can be in the midst of. Each step is a move of its own, so that everything can happen in between. */
    enum Act {
        /** Nothing. */
        NONE,
        /** About to write names into the file. */
        SETTING,
        /** Names are in the file, not yet seen in effect; the server counts as open when they are. */
        OPENING,
        /** Proving a standby: its name is in the file. */
        NAMED,
        /** Commits were seen waiting, a token was committed. */
        TOKEN,
        /** The token was read on the standby: about to write the record. */
        READ,
        /** Promoted: about to write the record. */
        PROMOTED,
        /** Its data is destroyed, a new copy is being made. */
        REJOINING
    }

    static Server firstPrimary(int seen) {
        return new Server(
                true,
                true,
                true,
                Log.EMPTY,
                0,
                Names.GATE,
                Names.GATE,
                -1,
                false,
                1,
                Act.NONE,
                -1,
                0,
                -1,
                false,
                seen,
                0,
                false,
                false,
                false);
    }

    static Server firstStandby(int source, int seen) {
        return new Server(
                true,
                false,
                true,
                Log.EMPTY,
                0,
                Names.GATE,
                Names.GATE,
                source,
                true,
                0,
                Act.NONE,
                -1,
                0,
                -1,
                false,
                seen,
                0,
                false,
                false,
                false);
    }

    boolean servesAsPrimary() {
        return up && primary;
    }

    boolean runsAsStandby() {
        return up && usable && !primary;
    }

    boolean receivesFrom(int other) {
        return runsAsStandby() && linked && source == other;
    }

    boolean isProving() {
        return act == Act.NAMED || act == Act.TOKEN || act == Act.READ;
    }

    Server withLog(Log other) {
        return new Server(
                usable,
                primary,
                up,
                other,
                generation,
                file,
                effect,
                source,
                linked,
                obeyed,
                act,
                subject,
                length,
                flight,
                blamed,
                seen,
                opened,
                rejoinNeeded,
                clean,
                again);
    }

    /**
     * Other names in the file. That commits obey them later is kept apart only where it matters: not on a standby or a stopped server, and
     * not when there is less to wait for than before, because that might as well have been written later.
     */
    Server withFile(int other, Names names) {
        boolean atOnce = !up || !primary || names.cover(effect, other);
        return new Server(
                usable,
                primary,
                up,
                log,
                generation,
                other,
                atOnce ? other : effect,
                source,
                linked,
                obeyed,
                act,
                subject,
                length,
                flight,
                blamed,
                seen,
                opened,
                rejoinNeeded,
                clean,
                again);
    }

    Server withEffect(int names) {
        return new Server(
                usable,
                primary,
                up,
                log,
                generation,
                file,
                names,
                source,
                linked,
                obeyed,
                act,
                subject,
                length,
                flight,
                blamed,
                seen,
                opened,
                rejoinNeeded,
                clean,
                again);
    }

    Server withLink(boolean stands) {
        return new Server(
                usable,
                primary,
                up,
                log,
                generation,
                file,
                effect,
                source,
                stands,
                obeyed,
                act,
                subject,
                length,
                flight,
                blamed,
                seen,
                opened,
                rejoinNeeded,
                clean,
                again);
    }

    Server withObeyed(int epoch) {
        return new Server(
                usable,
                primary,
                up,
                log,
                generation,
                file,
                effect,
                source,
                linked,
                epoch,
                act,
                subject,
                length,
                flight,
                blamed,
                seen,
                opened,
                rejoinNeeded,
                clean,
                again);
    }

    Server withAct(Act other, int about, int upTo) {
        return new Server(
                usable,
                primary,
                up,
                log,
                generation,
                file,
                effect,
                source,
                linked,
                obeyed,
                other,
                about,
                upTo,
                flight,
                blamed,
                seen,
                opened,
                rejoinNeeded,
                clean,
                again);
    }

    Server idle() {
        return act == Act.NONE ? this : withAct(Act.NONE, -1, 0);
    }

    /** A server that goes down or starts takes the sessions of its agent with it; only a write to the record may still follow. */
    private Server interrupted() {
        return switch (act) {
            case READ, PROMOTED, REJOINING -> this;
            case NONE, SETTING, OPENING, NAMED, TOKEN -> idle();
        };
    }

    Server withFlight(int copy) {
        return new Server(
                usable,
                primary,
                up,
                log,
                generation,
                file,
                effect,
                source,
                linked,
                obeyed,
                act,
                subject,
                length,
                copy,
                blamed,
                seen,
                opened,
                rejoinNeeded,
                clean,
                again);
    }

    Server withSeen(int record) {
        return new Server(
                usable,
                primary,
                up,
                log,
                generation,
                file,
                effect,
                source,
                linked,
                obeyed,
                act,
                subject,
                length,
                flight,
                blamed,
                record,
                opened,
                rejoinNeeded,
                clean,
                again);
    }

    Server withOpened(int epoch) {
        return new Server(
                usable,
                primary,
                up,
                log,
                generation,
                file,
                effect,
                source,
                linked,
                obeyed,
                act,
                subject,
                length,
                flight,
                blamed,
                seen,
                epoch,
                rejoinNeeded,
                clean,
                again);
    }

    Server withRejoinNeeded(boolean known) {
        return new Server(
                usable,
                primary,
                up,
                log,
                generation,
                file,
                effect,
                source,
                linked,
                obeyed,
                act,
                subject,
                length,
                flight,
                blamed,
                seen,
                opened,
                known,
                clean,
                again);
    }

    /** The server is gone, the directory is as it was. */
    Server down() {
        Server calm = interrupted();
        return new Server(
                usable,
                primary,
                false,
                log,
                generation,
                file,
                file,
                source,
                false,
                obeyed,
                calm.act,
                calm.subject,
                calm.length,
                flight,
                blamed,
                seen,
                0,
                rejoinNeeded,
                false,
                again);
    }

    /** Starts as the directory is: the names in the file are the names in effect. */
    Server upAsItWas() {
        return new Server(
                usable,
                primary,
                true,
                log,
                generation,
                file,
                file,
                source,
                !primary && source >= 0,
                obeyed,
                act,
                subject,
                length,
                flight,
                blamed,
                seen,
                0,
                rejoinNeeded,
                false,
                again);
    }

    /** Out of recovery, with these names in the file. */
    Server upAsPrimary(int names) {
        return new Server(
                usable,
                true,
                true,
                log,
                generation,
                names,
                names,
                -1,
                false,
                obeyed,
                act,
                subject,
                length,
                flight,
                blamed,
                seen,
                0,
                rejoinNeeded,
                false,
                again);
    }

    /** In recovery with the log it has, following somebody. */
    Server upAsStandbyOf(int other, int names) {
        Server calm = interrupted();
        return new Server(
                usable,
                false,
                true,
                log,
                generation,
                names,
                names,
                other,
                true,
                0,
                calm.act,
                calm.subject,
                calm.length,
                flight,
                blamed,
                seen,
                0,
                rejoinNeeded,
                false,
                again);
    }

    /** Out of recovery on a new timeline; names stay as they are. */
    Server promoted(int timeline, int by) {
        return new Server(
                usable,
                true,
                true,
                log.promoted(timeline, by),
                generation,
                file,
                effect,
                -1,
                false,
                obeyed,
                act,
                subject,
                length,
                flight,
                blamed,
                seen,
                0,
                rejoinNeeded,
                false,
                again);
    }

    /** The data is no more, and so is its copy id. */
    Server destroyed(boolean byItsAgentThoughRecorded) {
        return new Server(
                false,
                false,
                false,
                Log.EMPTY,
                0,
                Names.GATE,
                Names.GATE,
                -1,
                false,
                0,
                act,
                subject,
                length,
                flight,
                blamed || byItsAgentThoughRecorded,
                seen,
                0,
                rejoinNeeded,
                false,
                false);
    }

    /** A new copy of somebody's data, as a standby of theirs. */
    Server rebuilt(int newGeneration, Log from, int other) {
        return new Server(
                true,
                false,
                true,
                from,
                newGeneration,
                Names.GATE,
                Names.GATE,
                other,
                true,
                0,
                Act.NONE,
                -1,
                0,
                flight,
                blamed,
                seen,
                0,
                false,
                false,
                false);
    }

    /** Down after a clean stop: its log ends with a shutdown checkpoint. */
    Server stoppedCleanly() {
        return withSwitchover(down(), true, again);
    }

    /** Its agent knows that it has started it again. */
    Server withAgain(boolean known) {
        return known == again ? this : withSwitchover(this, clean, known);
    }

    private static Server withSwitchover(Server of, boolean clean, boolean again) {
        return new Server(
                of.usable,
                of.primary,
                of.up,
                of.log,
                of.generation,
                of.file,
                of.effect,
                of.source,
                of.linked,
                of.obeyed,
                of.act,
                of.subject,
                of.length,
                of.flight,
                of.blamed,
                of.seen,
                of.opened,
                of.rejoinNeeded,
                clean,
                again);
    }
}
