package io.prontuario.ha.spi;

import io.prontuario.ha.model.AdoptionPlan;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.ServerNames;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Command over one node's server where the safety rule needs it. The core decides and writes the record; this carries out and proves.
 * Exactly one strategy implements it; other plugins have no say in safety.
 *
 * <p>Thread: calls come one at a time from the strategy's own thread, except {@link #status()} and {@link #heldTimeline()}, which any thread may call at any
 * moment. Each call is bounded by its {@code limit}; one that ran into it answers {@link Outcome.Kind#UNKNOWN} and leaves nothing
 * running that could still act later.
 */
public interface SyncControl {

    /** The last observation of the local server, with a fresh age of its receiver; no I/O. {@link DataStatus#UNKNOWN} on a witness. */
    DataStatus status();

    /**
     * The highest timeline that the data here is on, from the disk when the server cannot be asked: for whoever has to rebuild a record. Any
     * thread; may take as long as reading a few files. 0 when unknown, never an exception.
     */
    default int heldTimeline() {
        return status().timeline();
    }

    /**
     * Has at hand what the next act will need, such as a session: called every few seconds while there is nothing to do, so that an
     * outage does not wait for it. Changes nothing; best effort, and silent when it fails.
     */
    default void keepReady(Duration limit) {}

    /** Creates an empty cluster behind the gate in an empty directory, with a new copy id {@code copy.id()}. For {@code ha init} only. */
    Outcome initialise(Copy copy, Duration limit);

    /**
     * Looks whether the running server here could be taken over as it is, without a restart, and what would be changed. Changes nothing. For
     * {@code ha adopt} only.
     *
     * @param state the record; null when there is none, and the server would be its first primary
     */
    default AdoptionPlan adoption(@Nullable ClusterState state, Duration limit) {
        return AdoptionPlan.impossible("this strategy takes over running servers", "it does not");
    }

    /**
     * Takes over the running server here: what the plan says is changed, then its data is called {@code copy}, durably. The record's primary goes
     * on serving under the names that it has; another one becomes a standby behind the gate that streams from the record's primary under
     * its copy's name. DONE means that this is so. For {@code ha adopt} only.
     */
    default Outcome adopt(ClusterState state, Copy copy, Duration limit) {
        return Outcome.refused("this strategy takes over no running server");
    }

    /** Starts the stopped server in the given mode. Never touches a running one: ALREADY_SO when it runs as asked, REFUSED otherwise. */
    Outcome start(StartMode mode, ClusterState state, Duration limit);

    /**
     * Stops the server, fast. ALREADY_SO when it is not running. By force, if it obeys no request, only when {@code deposed} says that its commits no longer
     * matter.
     */
    Outcome stop(boolean deposed, Duration limit);

    /**
     * Prepares the clean stop of a planned switchover while the server still serves: less to write at the shutdown, and nobody attached
     * who would hold it up. Changes nothing that would have to be undone.
     */
    default Outcome prepareStop(ClusterState state, Duration limit) {
        return Outcome.refused("this strategy cannot switch over");
    }

    /**
     * Stops the server cleanly for a planned switchover. DONE means: it is down, its control file says that it was shut down, and
     * {@link DataStatus#shutdownPosition()} says where. Anything else: it has not come down cleanly within the limit; never {@code immediate}.
     */
    default Outcome stopCleanly(ClusterState state, Duration limit) {
        return Outcome.refused("this strategy cannot switch over");
    }

    /** Looks at the server all the time for so long, or until its stream ends: somebody waits for what it has received. */
    default void attend(Duration limit) {}

    /**
     * Makes the standby here a primary behind the gate, on exactly the recorded timeline, and writes the epoch locally.
     * DONE means: out of recovery, on {@code state.timeline()}, a local write was answered. A primary directory is started behind the gate instead.
     */
    Outcome promote(ClusterState state, Duration limit);

    /**
     * Brings the names of the active primary here to {@code names} and sees them obeyed: DONE means that an ordinary commit under
     * them was acknowledged in this epoch. With certified standbys that commit waits for them.
     */
    Outcome open(ClusterState state, ServerNames names, Duration limit);

    /**
     * Puts right what {@link DataStatus#hazards()} tells: DONE means that nothing of it is left, also not in a statement that has begun before,
     * and that what was said to be written meanwhile is on the disk. RETRY while that takes longer.
     */
    default Outcome mendSettings(Duration limit) {
        return Outcome.refused("this strategy puts no settings right");
    }

    /** Brings the names here to {@code names}, file and effect; says nothing about when commits obey. */
    Outcome setNames(ServerNames names, Duration limit);

    /**
     * Proves that {@code standby} holds every acknowledged commit and that every commit now waits for it, names being {@code names}
     * (which cover it). DONE means proven at this moment: the core then writes the record by compare-and-set on the version it
     * read before this call.
     */
    Outcome prove(ClusterState state, Copy standby, ServerNames names, Duration limit);

    /** Re-reads, as the last act before the certifying write, that what {@link #prove} saw still stands: walsender, copy, names in file and effect. */
    Outcome stillProven(Copy standby, Duration limit);

    /**
     * Makes the server here a standby of the state's active primary: follows as it is, rewinds or rebuilds as its log demands.
     * The core calls it only when no copy of this node is in the record. A new copy id after every rewind or rebuild. A copy that the state
     * names as {@link ClusterState#condemned()} is rebuilt whatever its log says.
     * May take long: answers IN_PROGRESS with how far it is; further calls carry on.
     *
     * @param consent asked once, in the calling thread, when it is clear that data here has to be replaced, and before its copy id is
     *     deleted: until it is given, somebody may still let this copy take over. Where it does not hold nothing is replaced, and it is the answer
     */
    Outcome rejoin(ClusterState state, Supplier<Outcome> consent, Duration limit);

    /**
     * Ends second connections under one name, keeping the newest of each; REFUSED with the reason when one of them is a stranger:
     * the core then alarms and decertifies.
     */
    Outcome disciplineNames(ClusterState state, Duration limit);
}
