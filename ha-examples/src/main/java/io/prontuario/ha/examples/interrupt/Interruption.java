package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.examples.demo.Fault;
import io.prontuario.ha.examples.demo.Trial;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.model.TransitionKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A transition after one of whose steps a process is killed.
 *
 * @param kind FAILOVER or SWITCHOVER
 * @param point after which step
 * @param victim whose process
 * @param trap the cluster's
 */
record Interruption(TransitionKind kind, Point point, Victim victim, Trap trap) implements Trial {

    /** Every point of every transition, for everybody. */
    static List<Interruption> all(Trap trap) {
        return Stream.of(TransitionKind.FAILOVER, TransitionKind.SWITCHOVER)
                .flatMap(kind -> Arrays.stream(Point.values())
                        .filter(point -> point.isOf(kind))
                        .flatMap(point -> Arrays.stream(Victim.values())
                                .map(victim -> new Interruption(kind, point, victim, trap))))
                .toList();
    }

    @Override
    public String label() {
        return kind.name().toLowerCase(Locale.ROOT) + "-" + point.label() + "-" + victim.label();
    }

    @Override
    public String story() {
        return kind + ": when it is " + point.label() + ", kill -9 of the "
                + victim.label().replace('-', ' ');
    }

    @Override
    public boolean takeover() {
        return true;
    }

    /** Until the nomination a switchover may be undone: because its target's agent is gone, or on a slow machine for want of time. */
    @Override
    public boolean primaryMayStay() {
        return point.beforeNomination();
    }

    /** Whether anybody else than the first nominee may be the primary in the end: a nominee that is not back in time is replaced. */
    boolean anotherMayTakeOver() {
        return switch (victim) {
            case COORDINATOR, FORMER_PRIMARY -> primaryMayStay();
            case NOMINEE, COORDINATING_NOMINEE -> true;
        };
    }

    @Override
    public Fault arm(LocalCluster cluster) {
        LocalNode primary = cluster.primary();
        LocalNode standby = cluster.standby();
        LocalNode witness = cluster.node(LocalCluster.WITNESS);
        LocalNode coordinator = switch (victim) {
            case COORDINATOR, FORMER_PRIMARY, NOMINEE -> witness;
            case COORDINATING_NOMINEE -> standby;
        };
        LocalNode dies = switch (victim) {
            case COORDINATOR -> witness;
            case FORMER_PRIMARY -> primary;
            case NOMINEE, COORDINATING_NOMINEE -> standby;
        };
        return new KilledMidway(this, cluster, primary, standby, coordinator, dies);
    }
}
