package io.prontuario.ha.spi;

import io.prontuario.ha.model.NodeName;

/**
 * One step of a plan: strategy, verb and the node it is about.
 *
 * @param strategy the name of the strategy that carries it out
 * @param verb what it does
 * @param target the node it is about (not necessarily where it runs: see {@link Placement})
 */
public record Step(String strategy, Verb verb, NodeName target) {
    @Override
    public String toString() {
        return strategy + "·" + verb.name().toLowerCase(java.util.Locale.ROOT) + "·" + target;
    }
}
