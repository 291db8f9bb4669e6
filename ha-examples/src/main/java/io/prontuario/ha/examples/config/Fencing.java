package io.prontuario.ha.examples.config;

import io.prontuario.ha.model.DataSize;
import io.prontuario.ha.spi.Fencer;

/**
 * Takeovers in {@code ASYNC} without a person.
 *
 * @param fencer who fences
 * @param maxLag how much of the primary's log a standby that takes over may lack
 */
public record Fencing(Fencer fencer, DataSize maxLag) {}
