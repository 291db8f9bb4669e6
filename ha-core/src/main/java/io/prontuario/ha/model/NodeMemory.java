package io.prontuario.ha.model;

/**
 * What a node remembers beside its data directory of the highest epoch it has obeyed.
 *
 * @param clusterId the cluster
 * @param epoch the highest epoch obeyed
 * @param transitionId the transition that began it
 * @param systemIdentifier PostgreSQL's system identifier, empty when not known then
 */
public record NodeMemory(String clusterId, long epoch, String transitionId, String systemIdentifier) {}
