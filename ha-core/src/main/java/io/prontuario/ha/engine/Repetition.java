package io.prontuario.ha.engine;

import io.prontuario.ha.decide.AgentDecision;
import io.prontuario.ha.decide.Duty;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a duty after which everything looks as before from being repeated without a pause, whether it seemed to come about or not. The end
 * of an act wakes the loop, and the same view gives the same duty: a server that cannot be seen to have changed would be acted upon
 * thousands of times a second.
 *
 * <p>The first repetition waits {@link #FIRST}. Further ones wait twice as long each time, at most {@link #LONGEST}, unless clients wait
 * for what the duty is to bring about. Whatever changes ends the pause. Owned by the loop thread.
 */
final class Repetition {
    /** About as long as until the next look at the server: what was done may just not have been seen yet. */
    static final Duration FIRST = Duration.ofMillis(100);

    /** Short enough for a person who has mended something and waits for it to be taken notice of. */
    static final Duration LONGEST = Duration.ofSeconds(2);

    private final Ticker ticker;
    private @Nullable Act last;
    private Duration pause = Duration.ZERO;
    private boolean underWay;
    private long endedAtNanos;

    /** A duty with what it was decided by, without what changes all the time: positions, and the number of a record written again as it was. */
    private record Act(
            Duty duty,
            @Nullable Copy subject,
            ClusterState state,
            DataStatus server,
            String namesInFile,
            String namesInEffect) {
        static Act of(AgentDecision decision, ClusterState state, DataStatus server) {
            return new Act(
                    decision.duty(),
                    decision.subject(),
                    state,
                    server.coarse(),
                    server.namesInFile(),
                    server.namesInEffect());
        }
    }

    Repetition(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Whether this is to be left for a moment. Asked at every look while no act is under way, also when there is nothing to do. */
    boolean waits(AgentDecision decision, ClusterState state, DataStatus server) {
        if (underWay) {
            underWay = false;
            endedAtNanos = ticker.nanos();
        }
        if (!Act.of(decision, state, server).equals(last)) {
            last = null;
            return false;
        }
        return ticker.nanos() - endedAtNanos < pause.toNanos();
    }

    /** It is begun now. */
    void begins(AgentDecision decision, ClusterState state, DataStatus server) {
        Act act = Act.of(decision, state, server);
        pause = pause(decision.duty(), act.equals(last));
        last = act;
        underWay = true;
    }

    private Duration pause(Duty duty, boolean again) {
        return switch (duty) {
            // It waits for news by itself, for as long as it may.
            case REST, HOLD, ATTEND -> Duration.ZERO;
            case PROMOTE,
                    OPEN,
                    OPEN_AGAIN,
                    START_AGAIN,
                    PREPARE_STOP,
                    STOP_CLEANLY,
                    UNDO,
                    CERTIFY,
                    DECERTIFY,
                    SET_NAMES,
                    MEND_SETTINGS -> FIRST;
            case START_PRIMARY, START_STANDBY, START_AS_IT_WAS, STOP, WITHDRAW, REJOIN, REPLACED, RESTART -> {
                Duration twice = pause.multipliedBy(2);
                yield !again ? FIRST : twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
            }
        };
    }
}
