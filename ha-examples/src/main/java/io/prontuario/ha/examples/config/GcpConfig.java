package io.prontuario.ha.examples.config;

import io.prontuario.ha.gcp.GcpEndpoints;
import io.prontuario.ha.gcp.GcpSettings;
import io.prontuario.ha.model.EmergencyRules;

/**
 * The section {@code gcp} of a node's file.
 *
 * @param settings what is there
 * @param endpoints where the services answer, and with which account
 * @param rules when an emergency begins, and who has to agree
 */
public record GcpConfig(GcpSettings settings, GcpEndpoints endpoints, EmergencyRules rules) {}
