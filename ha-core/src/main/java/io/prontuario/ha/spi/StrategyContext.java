package io.prontuario.ha.spi;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeTags;
import java.util.function.Function;

/**
 * What a strategy is given when its node starts.
 *
 * @param self the node it runs on
 * @param ticker where its durations come from
 * @param wake to be called, from any thread, when something was seen that the node should look at now; returns at once
 * @param tags what a node has last published that it is good for, {@link NodeTags#USUAL} while it is not there; returns at once
 */
public record StrategyContext(NodeName self, Ticker ticker, Runnable wake, Function<NodeName, NodeTags> tags) {
    /** Where no node has tags. */
    public StrategyContext(NodeName self, Ticker ticker, Runnable wake) {
        this(self, ticker, wake, node -> NodeTags.USUAL);
    }
}
