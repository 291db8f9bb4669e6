package io.prontuario.ha.engine;

import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverPolicy;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HaListener;
import io.prontuario.ha.spi.Ticker;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * What an engine is made of.
 *
 * @param cluster the cluster's name
 * @param self this node
 * @param role what it is
 * @param store not started yet; the engine starts and closes it
 * @param strategies the engine starts and closes them
 * @param policy what to do about the primary
 * @param limits the times to decide by
 * @param listen where to answer HTTP; port 0: any free one
 * @param stateFolder where this node remembers the highest epoch and holds its lock
 * @param listeners told what happens
 * @param ticker for durations
 * @param clock for people
 */
public record EngineSettings(
        String cluster,
        NodeName self,
        NodeRole role,
        ClusterStore store,
        List<FailoverStrategy> strategies,
        FailoverPolicy policy,
        Limits limits,
        InetSocketAddress listen,
        Path stateFolder,
        List<HaListener> listeners,
        Ticker ticker,
        InstantSource clock) {
    public EngineSettings {
        strategies = List.copyOf(strategies);
        listeners = List.copyOf(listeners);
    }
}
