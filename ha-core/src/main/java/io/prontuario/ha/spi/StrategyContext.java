package io.prontuario.ha.spi;

import io.prontuario.ha.model.NodeName;

/**
 * What a strategy is given when its node starts.
 *
 * @param self the node it runs on
 * @param ticker where its durations come from
 * @param wake to be called, from any thread, when something was seen that the node should look at now; returns at once
 */
public record StrategyContext(NodeName self, Ticker ticker, Runnable wake) {}
