package io.prontuario.ha;

import io.prontuario.ha.engine.EmergencyFiles;
import io.prontuario.ha.engine.EmergencyRequests;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.VersionedEmergency;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What a person may ask of an emergency, from a node's process or from any other that reaches the store. Each call only writes what was
 * asked; whichever node coordinates carries it out, and {@code ha status} and the history say how far it is.
 *
 * <p>Any thread may call any method; each blocks until it is written. All throw {@link io.prontuario.ha.spi.StoreUnavailableException} when
 * that is not known within 10 s, and {@link IllegalStateException} with the reason when it is not legal.
 */
public final class EmergencyControl {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final ClusterStore store;
    private final Ticker ticker;
    private final InstantSource clock;

    EmergencyControl(ClusterStore store, Ticker ticker, InstantSource clock) {
        this.store = store;
        this.ticker = ticker;
        this.clock = clock;
    }

    /** Control by way of a store that has been started and is reached; it stays the caller's to close. */
    public static EmergencyControl of(ClusterStore store) {
        return new EmergencyControl(store, Ticker.system(), InstantSource.system());
    }

    /** The emergency as it is now, the last one when it is over; empty when there never was one. */
    public Optional<Emergency> now() {
        return store.emergency(LIMIT).map(VersionedEmergency::emergency);
    }

    /** Agrees to the emergency that is asked for, or was declined. */
    public Emergency approve(String by) {
        return EmergencyRequests.approve(store, named(by), clock.instant(), ticker);
    }

    /** Does not agree to it. It may still be approved later. */
    public Emergency deny(String by) {
        return EmergencyRequests.deny(store, named(by), clock.instant(), ticker);
    }

    /** Declares an emergency, with a token that names the cluster and the epoch. Refused while the primary serves. */
    public Emergency declare(Declaration declaration) {
        return EmergencyRequests.declare(store, declaration, clock.instant(), ticker);
    }

    /** Asks for the way back; it begins when the site is healthy and certified. */
    public Emergency failback(String by) {
        return EmergencyRequests.failback(store, named(by), clock.instant(), ticker);
    }

    /** Begins a rehearsal: everything but the name that clients use, then back to sleep. */
    public Emergency rehearse(String by) {
        return EmergencyRequests.rehearse(store, named(by), clock.instant(), ticker);
    }

    /**
     * Declares an emergency on this machine's node whose store is gone. The node goes on with it, reading or appending only, and hands it
     * over when the store is back.
     *
     * @param stateFolder the node's
     * @throws IllegalStateException when that node has seen no record, or the declaration is for another
     */
    public static Emergency declareWithoutStore(Path stateFolder, Declaration declaration) {
        return EmergencyRequests.declareHere(
                stateFolder, declaration, InstantSource.system().instant());
    }

    /** The record as the node with that state folder saw it last; empty when it keeps none. */
    public static Optional<ClusterState> lastRecord(Path stateFolder) {
        return new EmergencyFiles(stateFolder).lastRecord();
    }

    /** What was declared on the node with that state folder and not handed over yet. */
    public static Optional<Emergency> declared(Path stateFolder) {
        return new EmergencyFiles(stateFolder).declared();
    }

    private static String named(String by) {
        if (by.isBlank() || by.length() > 100) {
            throw new IllegalArgumentException("by: give the name of whoever asks for it, at most 100 characters");
        }
        return by.strip();
    }
}
