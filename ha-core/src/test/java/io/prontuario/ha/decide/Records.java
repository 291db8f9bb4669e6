package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.TransitionKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The records that are reached, as numbers. Every one of them is what a method of {@link Protocol} made of another; ids, reasons and times
 * are the same for the same epoch, so that their number stays finite. Answers are kept: the same question comes millions of times.
 */
final class Records {
    static final int REFUSED = -1;

    private final Dictionary<ClusterState> known = new Dictionary<>();
    private final List<Facts> facts = new ArrayList<>();
    private final Map<Long, Integer> answers = new HashMap<>();
    private final Names names;
    private final Mistake mistake;

    /**
     * What the model's rules ask of a record all the time.
     *
     * @param primary the primary's copy, as a number
     * @param inSync copies as numbers
     * @param heirs copies as numbers
     * @param condemned copies as numbers
     */
    record Facts(
            int epoch,
            int timeline,
            int primary,
            boolean active,
            Set<Integer> inSync,
            Set<Integer> heirs,
            Set<Integer> condemned) {
        int primaryNode() {
            return Names.nodeOf(primary);
        }

        /** Who could be primary from here without a person, the present one included. */
        Set<Integer> candidates() {
            Set<Integer> all = new TreeSet<>(active ? inSync : heirs);
            all.add(primary);
            return all;
        }

        /** Nobody may touch these copies. */
        boolean names(int copy) {
            return primary == copy || inSync.contains(copy) || heirs.contains(copy);
        }
    }

    private enum Question {
        CERTIFY,
        DECERTIFY,
        WITHDRAW,
        NOMINATE,
        RENOMINATE,
        TAKE_BACK,
        ACTIVATE,
        ASK_SWITCHOVER,
        COMPLETE_SWITCHOVER,
        UNDO_SWITCHOVER,
        FINISH,
        PAUSE,
        CONDEMN,
        REPLACED,
        NAMES,
        NAMES_WITH,
        NAMES_WITHOUT
    }

    Records(Names names, Mistake mistake) {
        this.names = names;
        this.mistake = mistake;
    }

    /** The record as {@code ha init} leaves it on node a: to be activated. */
    int first(Durability durability, int strictMinimum) {
        Copy first = names.copy(Names.copy(0, 0));
        ClusterState created = Protocol.bootstrap("cluster", "t1", first, durability, strictMinimum);
        return number(Protocol.identify(created, first, "7").next().orElseThrow());
    }

    ClusterState value(int record) {
        return known.value(record);
    }

    Facts facts(int record) {
        return facts.get(record);
    }

    int size() {
        return known.size();
    }

    int number(ClusterState state) {
        int number = known.number(state);
        if (number == facts.size()) {
            facts.add(new Facts(
                    (int) state.epoch(),
                    state.timeline(),
                    Names.number(state.primary()),
                    state.active(),
                    numbers(state.inSync()),
                    numbers(Set.copyOf(state.heirs())),
                    numbers(state.condemned())));
        }
        return number;
    }

    private static Set<Integer> numbers(Set<Copy> copies) {
        Set<Integer> all = new TreeSet<>();
        copies.forEach(copy -> all.add(Names.number(copy)));
        return all;
    }

    int certify(int record, int by, int standby) {
        return change(
                Question.CERTIFY,
                record,
                by,
                standby,
                () -> Protocol.certify(value(record), names.copy(by), names.copy(standby)));
    }

    int decertify(int record, int by, int standby) {
        return change(
                Question.DECERTIFY,
                record,
                by,
                standby,
                () -> Protocol.decertify(value(record), names.copy(by), names.copy(standby)));
    }

    int withdraw(int record, int own) {
        return change(Question.WITHDRAW, record, own, 0, () -> Protocol.withdraw(value(record), names.copy(own)));
    }

    int nominate(int record, int heir) {
        return change(Question.NOMINATE, record, heir, 0, () -> {
            ClusterState state = value(record);
            ClusterState from = mistake == Mistake.NOMINATE_ANY ? certified(state, heir) : state;
            Change change = nominated(from, heir);
            return switch (mistake) {
                case FORGET_OLD_PRIMARY ->
                    change.next()
                            .map(next -> Change.to(next.withHeirs(List.copyOf(state.inSync()))))
                            .orElse(change);
                case NO_FREE_TIMELINE -> onTimeline(change, state.timeline() + 1);
                default -> change;
            };
        });
    }

    /** A switchover bears the name of the epoch that it leads to. */
    int askSwitchover(int record, int target) {
        return change(
                Question.ASK_SWITCHOVER,
                record,
                target,
                0,
                () -> Protocol.askSwitchover(
                        value(record), names.copy(target), "t" + (value(record).epoch() + 1), "", Instant.EPOCH));
    }

    int completeSwitchover(int record) {
        return change(
                Question.COMPLETE_SWITCHOVER,
                record,
                0,
                0,
                () -> Protocol.completeSwitchover(
                        value(record), "t" + (value(record).epoch() + 1)));
    }

    int undoSwitchover(int record) {
        return change(
                Question.UNDO_SWITCHOVER,
                record,
                0,
                0,
                () -> Protocol.undoSwitchover(
                        value(record), "t" + (value(record).epoch() + 1), ""));
    }

    int finish(int record) {
        return change(
                Question.FINISH,
                record,
                0,
                0,
                () -> Protocol.finish(value(record), "t" + (value(record).epoch() + 1)));
    }

    /** The one whom a switchover is for that is asked for; -1 when there is none. */
    int target(int record) {
        return value(record).preparing().map(Journal::target).map(Names::number).orElse(-1);
    }

    boolean preparing(int record) {
        return value(record).preparing().isPresent();
    }

    /** Whether the transition that is under way is a switchover whose target was nominated. */
    boolean switchingOver(int record) {
        Journal journal = value(record).transition();
        return journal != null && journal.kind() == TransitionKind.SWITCHOVER && !journal.beforeNomination();
    }

    int renominate(int record, int heir) {
        return change(Question.RENOMINATE, record, heir, 0, () -> {
            ClusterState state = value(record);
            Change change =
                    Protocol.renominate(state, names.copy(heir), RenominationCause.SILENT, "t" + (state.epoch() + 1));
            return switch (mistake) {
                case REUSE_TIMELINE -> onTimeline(change, state.timeline());
                case NO_FREE_TIMELINE -> onTimeline(change, state.timeline() + 1);
                default -> change;
            };
        });
    }

    /** {@link Mistake#TAKEBACK_WHEN_ACTIVE}: {@link Protocol#renominate} as if nobody were active yet. */
    int takeBack(int record, int former) {
        return change(Question.TAKE_BACK, record, former, 0, () -> {
            ClusterState state = value(record);
            Journal journal = state.transition();
            if (journal == null || !journal.from().equals(names.copy(former))) {
                return Change.refused("it was not the primary before");
            }
            List<Copy> heirs = List.of(state.primary(), journal.from());
            ClusterState inactive = with(state, state.timeline(), false, heirs);
            return Protocol.renominate(inactive, journal.from(), RenominationCause.SILENT, "t" + (state.epoch() + 1));
        });
    }

    int pause(int record, boolean wanted) {
        return change(Question.PAUSE, record, wanted ? 1 : 0, 0, () -> Protocol.pause(value(record), wanted));
    }

    int condemn(int record, int copy) {
        return change(Question.CONDEMN, record, copy, 0, () -> Protocol.condemn(value(record), names.copy(copy), ""));
    }

    int replaced(int record, int condemned, int present) {
        return change(
                Question.REPLACED,
                record,
                condemned,
                present,
                () -> Protocol.replaced(value(record), names.copy(condemned), names.copy(present)));
    }

    private ClusterState certified(ClusterState state, int copy) {
        Set<Copy> inSync = new TreeSet<>(state.inSync());
        inSync.add(names.copy(copy));
        return state.withInSync(inSync);
    }

    private Change nominated(ClusterState state, int heir) {
        return Protocol.nominate(
                state, names.copy(heir), "t" + (state.epoch() + 1), TransitionKind.FAILOVER, "", Instant.EPOCH);
    }

    private static Change onTimeline(Change change, int timeline) {
        return change.next()
                .map(next -> Change.to(with(next, timeline, false, next.heirs())))
                .orElse(change);
    }

    private static ClusterState with(ClusterState state, int timeline, boolean active, List<Copy> heirs) {
        return new ClusterState(
                state.clusterId(),
                state.systemIdentifier(),
                state.epoch(),
                state.transitionId(),
                timeline,
                state.primary(),
                active,
                active ? state.inSync() : Set.of(),
                heirs,
                state.durability(),
                state.strictMinimum(),
                state.paused(),
                state.pauseEnd(),
                state.transition());
    }

    /** Whether the one that the record names can do its part, once it runs. */
    boolean couldActivate(World world) {
        Facts named = facts(world.record());
        return named.active() ? world.has(named.primary()) : couldTakeOver(world, named.primary());
    }

    /**
     * Whether a copy is there and can be promoted for the present or the next nomination. One that somebody promoted without the record's
     * order can not: it stays on its own timeline until it has rejoined.
     */
    boolean couldTakeOver(World world, int copy) {
        if (!world.has(copy)) {
            return false;
        }
        Facts now = facts(world.record());
        Server server = world.server(Names.nodeOf(copy));
        if (now.active()) {
            return now.primary() == copy || (!server.primary() && hasGoneNoOtherWay(world, server, now));
        }
        if (!server.primary()) {
            return server.log().timeline() < now.timeline();
        }
        int nominated = now.primary() == copy ? world.record() : renominate(world.record(), copy);
        return nominated != REFUSED && activate(nominated, copy, server.log().timeline()) != REFUSED;
    }

    private static boolean hasGoneNoOtherWay(World world, Server standby, Facts now) {
        return !world.has(now.primary())
                || standby.log()
                        .looksLikeBeginningOf(world.server(now.primaryNode()).log());
    }

    /** The primary before the transition that is under way; -1 when none is. */
    int former(int record) {
        Journal journal = value(record).transition();
        return journal == null ? -1 : Names.number(journal.from());
    }

    /** Activates, and closes the journal with it: nothing that the model does depends on an open journal of an active primary. */
    int activate(int record, int by, int servedTimeline) {
        return change(Question.ACTIVATE, record, by, servedTimeline, () -> {
            Change change = Protocol.activate(value(record), names.copy(by), servedTimeline);
            return change.next().map(this::activated).map(Change::to).orElse(change);
        });
    }

    private ClusterState activated(ClusterState state) {
        Journal journal = state.transition();
        if (mistake == Mistake.FORMER_PRIMARY_COUNTS_TOO_EARLY
                && journal != null
                && journal.kind() == TransitionKind.SWITCHOVER
                && !journal.from().equals(state.primary())) {
            return Protocol.finish(state.withInSync(Set.of(journal.from())), journal.transitionId())
                    .next()
                    .orElseThrow();
        }
        boolean kept = mistake == Mistake.FORMER_CERTIFICATES || mistake == Mistake.TAKEBACK_WHEN_ACTIVE;
        return journal == null || kept
                ? state
                : Protocol.finish(state, journal.transitionId()).next().orElseThrow();
    }

    /** {@link Mistake#FORMER_CERTIFICATES}: it could have taken over in the epoch before. */
    boolean wasCertifiedBefore(int record, int copy) {
        Journal journal = value(record).transition();
        return mistake == Mistake.FORMER_CERTIFICATES
                && journal != null
                && (journal.from().equals(names.copy(copy)) || journal.tried().contains(names.copy(copy)));
    }

    /** The names of the active primary's server. */
    int namesWhenActive(int record) {
        return answer(
                Question.NAMES, record, 0, 0, () -> names.number(Protocol.namesWhenActive(value(record), List.of())));
    }

    /** The same while one more is about to be proven. */
    int namesWithCandidate(int record, int standby) {
        return answer(
                Question.NAMES_WITH,
                record,
                standby,
                0,
                () -> names.number(Protocol.namesWhenActive(value(record), List.of(names.copy(standby)))));
    }

    int namesWithout(int record, int standby) {
        return answer(
                Question.NAMES_WITHOUT,
                record,
                standby,
                0,
                () -> names.number(Protocol.namesAfterDecertifying(value(record), names.copy(standby))));
    }

    private int change(Question question, int record, int one, int other, Supplier<Change> change) {
        return answer(
                question,
                record,
                one,
                other,
                () -> change.get().next().map(this::number).orElse(REFUSED));
    }

    @SuppressWarnings("EnumOrdinal") // a key of this run only, never stored
    private int answer(Question question, int record, int one, int other, Supplier<Integer> first) {
        long key = ((record * 64L + one) * 64L + other) * 32L + question.ordinal();
        Integer kept = answers.get(key);
        if (kept == null) {
            kept = first.get();
            answers.put(key, kept);
        }
        return kept;
    }
}
