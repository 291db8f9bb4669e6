package io.prontuario.ha.spi;

import io.prontuario.ha.model.ClusterState;

/**
 * A cluster state as it was read, with what a compare-and-set needs.
 *
 * @param state what was read
 * @param version the store's version of it
 * @param incarnation identifies the stored object itself, so that a deleted and re-created one never matches
 * @param writeId unique id of the write that produced it
 */
public record Versioned(ClusterState state, int version, long incarnation, String writeId) {
    /** Whether nothing was written between the two reads. */
    public boolean sameAs(Versioned other) {
        return version == other.version && incarnation == other.incarnation;
    }
}
