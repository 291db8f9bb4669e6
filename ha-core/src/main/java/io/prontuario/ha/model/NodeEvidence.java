package io.prontuario.ha.model;

import org.jspecify.annotations.Nullable;

/**
 * What one data node keeps beside its data and knows of its server, when the record cannot be trusted.
 *
 * @param node which
 * @param memory the highest epoch that it has obeyed; null when it remembers none
 * @param data its server
 */
public record NodeEvidence(NodeName node, @Nullable NodeMemory memory, DataStatus data) {}
