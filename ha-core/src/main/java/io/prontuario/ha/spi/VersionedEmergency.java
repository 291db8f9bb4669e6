package io.prontuario.ha.spi;

import io.prontuario.ha.model.Emergency;

/**
 * An emergency as it was read, with what a compare-and-set needs.
 *
 * @param emergency what was read
 * @param version the store's version of it
 */
public record VersionedEmergency(Emergency emergency, int version) {}
