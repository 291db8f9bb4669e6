package io.prontuario.ha.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the agent of a data node sees of its own server. An observation: true when it was made.
 *
 * @param copy the copy beside the data directory; null while the data cannot be trusted or is absent
 * @param systemIdentifier PostgreSQL's system identifier, empty when unknown
 * @param timeline the timeline the server writes (primary) or replays (standby); 0 when unknown
 * @param receivedPosition the end of the log it holds durably, in bytes; 0 when unknown
 * @param replayedPosition the end of the log it has replayed, in bytes; equal to received on a primary
 * @param shutdownPosition where the shutdown checkpoint lies with which a server that is down has ended, in bytes; 0 when it runs, was
 *     not stopped cleanly or nobody has looked
 * @param receiver the stream from its upstream; null on a primary or when there is none
 * @param attached the standbys connected to it; empty on a standby
 * @param namesInFile the value of {@code synchronous_standby_names} that the next start or reload takes
 * @param namesInEffect the value that the postmaster last loaded; whether commits obey it is another question
 * @param syncWait the commits that wait for a standby now
 * @param detail one line for a person: what is wrong, or empty
 * @param hazards what somebody has set by hand that must not be so; empty when nothing, and of a node of a former version
 */
public record DataStatus(
        @Nullable Copy copy,
        String systemIdentifier,
        ServerCondition condition,
        ServerMode mode,
        int timeline,
        long receivedPosition,
        long replayedPosition,
        long shutdownPosition,
        @Nullable Receiver receiver,
        List<AttachedStandby> attached,
        String namesInFile,
        String namesInEffect,
        SyncWait syncWait,
        String detail,
        Set<Hazard> hazards) {

    /** A server whose settings are as they should be. */
    public DataStatus(
            @Nullable Copy copy,
            String systemIdentifier,
            ServerCondition condition,
            ServerMode mode,
            int timeline,
            long receivedPosition,
            long replayedPosition,
            long shutdownPosition,
            @Nullable Receiver receiver,
            List<AttachedStandby> attached,
            String namesInFile,
            String namesInEffect,
            SyncWait syncWait,
            String detail) {
        this(
                copy,
                systemIdentifier,
                condition,
                mode,
                timeline,
                receivedPosition,
                replayedPosition,
                shutdownPosition,
                receiver,
                attached,
                namesInFile,
                namesInEffect,
                syncWait,
                detail,
                Set.of());
    }

    /** Nothing is known: before the first observation, or a node without a server. */
    public static final DataStatus UNKNOWN = new DataStatus(
            null, "", ServerCondition.UNKNOWN, ServerMode.NONE, 0, 0, 0, 0, null, List.of(), "", "", SyncWait.NONE, "");

    public DataStatus {
        attached = List.copyOf(attached);
        // In one order, so that the same is written the same; a node of a former version writes none.
        hazards =
                hazards == null || hazards.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(hazards));
    }

    /** The same server in another condition, of which no more is known yet than where it has ended its log if it was shut down. */
    public DataStatus withCondition(ServerCondition other, long shutdown) {
        return changed(draft -> {
            draft.condition = other;
            draft.shutdownPosition = shutdown;
        });
    }

    /** The same server with its receiver seen again. */
    public DataStatus withReceiver(@Nullable Receiver other) {
        return changed(draft -> draft.receiver = other);
    }

    /** The same server, of which this is to be said. */
    public DataStatus withDetail(String line) {
        return changed(draft -> draft.detail = line);
    }

    /** The same server as a primary on this timeline. */
    public DataStatus asPrimaryOn(int newTimeline) {
        return changed(draft -> {
            draft.condition = ServerCondition.RUNNING;
            draft.mode = ServerMode.PRIMARY;
            draft.timeline = newTimeline;
            draft.shutdownPosition = 0;
            draft.receiver = null;
        });
    }

    /** The same server with these names, in the file and in effect. */
    public DataStatus withNames(String names) {
        return changed(draft -> {
            draft.namesInFile = names;
            draft.namesInEffect = names;
        });
    }

    /** The same server with these hazards. */
    public DataStatus withHazards(Set<Hazard> seen) {
        return changed(draft -> draft.hazards = seen);
    }

    /** Whether the server answers and is of this mode. */
    public boolean runsAs(ServerMode wanted) {
        return condition == ServerCondition.RUNNING && mode == wanted;
    }

    /** The part that others decide by, without positions and ages: publishing again is worth a write only when this changes. */
    public DataStatus coarse() {
        return coarse(0, 0, receiver == null ? null : receiver.coarse());
    }

    /** The same with the positions, by which a nominee's progress is judged, heirs are ranked and losses told. */
    public DataStatus coarseWithPositions() {
        return coarse(receivedPosition, replayedPosition, receiver == null ? null : receiver.coarseWithPosition());
    }

    private DataStatus coarse(long received, long replayed, @Nullable Receiver seen) {
        return changed(draft -> {
            draft.receivedPosition = received;
            draft.replayedPosition = replayed;
            draft.receiver = seen;
            draft.attached = List.of();
            draft.namesInFile = "";
            draft.namesInEffect = "";
            draft.syncWait = SyncWait.NONE;
        });
    }

    private DataStatus changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new DataStatus(
                copy,
                systemIdentifier,
                draft.condition,
                draft.mode,
                draft.timeline,
                draft.receivedPosition,
                draft.replayedPosition,
                draft.shutdownPosition,
                draft.receiver,
                draft.attached,
                draft.namesInFile,
                draft.namesInEffect,
                draft.syncWait,
                draft.detail,
                draft.hazards);
    }

    /** What of an observation may be seen anew by itself. */
    private static final class Draft {
        private ServerCondition condition;
        private ServerMode mode;
        private int timeline;
        private long receivedPosition;
        private long replayedPosition;
        private long shutdownPosition;
        private @Nullable Receiver receiver;
        private List<AttachedStandby> attached;
        private String namesInFile;
        private String namesInEffect;
        private SyncWait syncWait;
        private String detail;
        private Set<Hazard> hazards;

        private Draft(DataStatus status) {
            this.condition = status.condition;
            this.mode = status.mode;
            this.timeline = status.timeline;
            this.receivedPosition = status.receivedPosition;
            this.replayedPosition = status.replayedPosition;
            this.shutdownPosition = status.shutdownPosition;
            this.receiver = status.receiver;
            this.attached = status.attached;
            this.namesInFile = status.namesInFile;
            this.namesInEffect = status.namesInEffect;
            this.syncWait = status.syncWait;
            this.detail = status.detail;
            this.hazards = status.hazards;
        }
    }
}
