package io.prontuario.ha.model;

import java.time.Duration;

/**
 * What the primary's agent has noticed of one certified standby over successive observations.
 *
 * @param copy which
 * @param goneFor how long its connection has been gone while a commit waited; zero while connected or nothing waits
 * @param stalledFor how long a commit has waited for it without flush progress; zero when it moves or nothing waits
 */
public record StandbyHealth(Copy copy, Duration goneFor, Duration stalledFor) {}
