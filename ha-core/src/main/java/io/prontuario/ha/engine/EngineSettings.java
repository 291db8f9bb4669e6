package io.prontuario.ha.engine;

import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.Measure;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverPolicy;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Fencer;
import io.prontuario.ha.spi.HaListener;
import io.prontuario.ha.spi.HealthCheck;
import io.prontuario.ha.spi.Ticker;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
 * @param emergency when the environment elsewhere is used
 * @param listen where to answer HTTP; port 0: any free one
 * @param stateFolder where this node remembers the highest epoch and holds its lock
 * @param listeners told what happens
 * @param checks what is looked at for people and what works for them
 * @param measures what the host measures beside the node
 * @param functionality how much of the host application is open, for {@code /health}
 * @param ticker for durations
 * @param clock for people
 * @param machine threads, timers and the way to other nodes
 * @param tags what this node is good for
 * @param fencer who can keep a primary from acknowledging by force, in {@code ASYNC}; null when nobody can
 */
public record EngineSettings(
        String cluster,
        NodeName self,
        NodeRole role,
        ClusterStore store,
        List<FailoverStrategy> strategies,
        FailoverPolicy policy,
        Limits limits,
        EmergencySettings emergency,
        InetSocketAddress listen,
        Path stateFolder,
        List<HaListener> listeners,
        List<HealthCheck> checks,
        List<Supplier<List<Measure>>> measures,
        Supplier<Map<String, Object>> functionality,
        Ticker ticker,
        InstantSource clock,
        Machine machine,
        NodeTags tags,
        @Nullable Fencer fencer) {
    public EngineSettings {
        strategies = List.copyOf(strategies);
        listeners = List.copyOf(listeners);
        checks = List.copyOf(checks);
        measures = List.copyOf(measures);
    }

    /** Without tags, and where nobody can fence. */
    public EngineSettings(
            String cluster,
            NodeName self,
            NodeRole role,
            ClusterStore store,
            List<FailoverStrategy> strategies,
            FailoverPolicy policy,
            Limits limits,
            EmergencySettings emergency,
            InetSocketAddress listen,
            Path stateFolder,
            List<HaListener> listeners,
            List<HealthCheck> checks,
            List<Supplier<List<Measure>>> measures,
            Supplier<Map<String, Object>> functionality,
            Ticker ticker,
            InstantSource clock,
            Machine machine) {
        this(
                cluster,
                self,
                role,
                store,
                strategies,
                policy,
                limits,
                emergency,
                listen,
                stateFolder,
                listeners,
                checks,
                measures,
                functionality,
                ticker,
                clock,
                machine,
                NodeTags.USUAL,
                null);
    }

    /** The same with somebody who can fence. */
    public EngineSettings withFencer(@Nullable Fencer other) {
        return new EngineSettings(
                cluster,
                self,
                role,
                store,
                strategies,
                policy,
                limits,
                emergency,
                listen,
                stateFolder,
                listeners,
                checks,
                measures,
                functionality,
                ticker,
                clock,
                machine,
                tags,
                other);
    }

    /** The same with these tags. */
    public EngineSettings withTags(NodeTags other) {
        return new EngineSettings(
                cluster,
                self,
                role,
                store,
                strategies,
                policy,
                limits,
                emergency,
                listen,
                stateFolder,
                listeners,
                checks,
                measures,
                functionality,
                ticker,
                clock,
                machine,
                other,
                fencer);
    }

    /** The same, whose {@code /health} shows this. */
    public EngineSettings withFunctionality(Supplier<Map<String, Object>> shown) {
        return new EngineSettings(
                cluster,
                self,
                role,
                store,
                strategies,
                policy,
                limits,
                emergency,
                listen,
                stateFolder,
                listeners,
                checks,
                measures,
                shown,
                ticker,
                clock,
                machine,
                tags,
                fencer);
    }

    /** The same with more that is measured. */
    public EngineSettings withMeasures(Supplier<List<Measure>> more) {
        List<Supplier<List<Measure>>> all = new ArrayList<>(measures);
        all.add(more);
        return new EngineSettings(
                cluster,
                self,
                role,
                store,
                strategies,
                policy,
                limits,
                emergency,
                listen,
                stateFolder,
                listeners,
                checks,
                all,
                functionality,
                ticker,
                clock,
                machine,
                tags,
                fencer);
    }
}
