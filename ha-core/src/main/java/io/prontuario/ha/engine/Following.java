package io.prontuario.ha.engine;

import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.Verb;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** What those in front of the primary would do in a switchover, in their own words. */
final class Following {
    private Following() {}

    /** The same plan; how clients are led to the new primary is said by who does it. */
    static SwitchoverPlan described(SwitchoverPlan plan, List<FailoverStrategy> strategies) {
        String what = strategies.stream()
                .filter(strategy -> strategy.placement() == Placement.COORDINATOR)
                .filter(strategy -> strategy.environment().isEmpty())
                .filter(strategy -> strategy.participation(TransitionKind.SWITCHOVER) != Participation.NONE)
                .sorted(Comparator.comparing(FailoverStrategy::layer).thenComparing(FailoverStrategy::order))
                .map(strategy -> strategy.describe(new Step(strategy.name(), Verb.ENABLE, plan.to())))
                .collect(Collectors.joining("; "));
        return what.isEmpty() ? plan : plan.ledBy(what);
    }
}
