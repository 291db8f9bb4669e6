package io.prontuario.ha.gcp;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Settings, records and requests that fit the double, and somebody who drives a step to its end. */
final class Lab {
    static final NodeName SITE_NODE = new NodeName("studio-1");
    static final NodeName CLOUD_NODE = new NodeName("gcp");
    private static final int MOST_CALLS = 60;

    private Lab() {}

    static GcpSettings.Builder good() {
        return GcpSettings.builder()
                .project("my-hospital")
                .image("gcr.io/my-hospital/emergency-api:1.4")
                .dnsZone("hospital")
                .dnsRecord("ehr.hospital.example.")
                .rehearsalRecord("ehr-rehearsal.hospital.example.")
                .onPremises(CloudDouble.SITE)
                .replica("emr-replica")
                .callLimit(Duration.ofSeconds(10));
    }

    static GcpEmergencyStrategy strategy(CloudDouble cloud) {
        return strategy(cloud, builder -> builder, EmergencyOutbox.NONE);
    }

    static GcpEmergencyStrategy strategy(
            CloudDouble cloud, UnaryOperator<GcpSettings.Builder> change, EmergencyOutbox outbox) {
        return started(
                GcpEmergencyStrategy.of(
                        change.apply(good().servicePort(cloud.port())).build(), outbox, cloud.endpoints(), fixed("")),
                Ticker.system());
    }

    static GcpEmergencyStrategy started(GcpEmergencyStrategy strategy, Ticker ticker) {
        strategy.start(new StrategyContext(new NodeName("lb"), ticker, () -> {}));
        return strategy;
    }

    static TokenSource fixed(String token) {
        return new TokenSource() {
            @Override
            public String token() {
                return token;
            }

            @Override
            public void refused() {}
        };
    }

    /** The site's node is the active primary, and this is journaled. */
    static ClusterState state(@Nullable TransitionKind journaled) {
        return state(new Copy(SITE_NODE, "7f3a"), true, List.of(), journaled);
    }

    static ClusterState state(Copy primary, boolean active, List<Copy> heirs, @Nullable TransitionKind journaled) {
        Journal journal = journaled == null
                ? null
                : new Journal("t1", journaled, primary, null, List.of(), "both machines are lost", Instant.EPOCH);
        return new ClusterState(
                "c1",
                "1",
                42,
                "t0",
                3,
                primary,
                active,
                Set.of(),
                heirs,
                Durability.AVAILABLE,
                1,
                false,
                null,
                journal);
    }

    static StepRequest request(Verb verb, NodeName target, ClusterState state, String memo) {
        return new StepRequest(new Step("gcp", verb, target), state, Duration.ofSeconds(20), memo);
    }

    static Outcome once(GcpEmergencyStrategy strategy, Verb verb, @Nullable TransitionKind journaled) {
        return act(strategy, verb).apply(request(verb, CLOUD_NODE, state(journaled), ""));
    }

    static Function<StepRequest, Outcome> act(GcpEmergencyStrategy strategy, Verb verb) {
        return switch (verb) {
            case ENABLE -> strategy::enable;
            case ISOLATE -> strategy::isolate;
            case REJOIN -> strategy::rejoin;
        };
    }

    /** Asks until the step holds or is refused; hands memos back. */
    static List<Outcome> drive(GcpEmergencyStrategy strategy, Verb verb, ClusterState state) {
        List<Outcome> all = new ArrayList<>();
        String memo = "";
        for (int call = 0; call < MOST_CALLS; call++) {
            Outcome outcome = act(strategy, verb).apply(request(verb, CLOUD_NODE, state, memo));
            all.add(outcome);
            memo = outcome.memo();
            if (outcome.holds() || outcome.kind() == Outcome.Kind.REFUSED) {
                return all;
            }
        }
        throw new AssertionError("no end after " + MOST_CALLS + " calls: " + all.get(all.size() - 1));
    }

    static Outcome lastOf(List<Outcome> all) {
        return all.get(all.size() - 1);
    }

    /** A clock that stands until it is moved; what waits for a deadline on it waits for ever, so it suits single calls. */
    static final class StandingTicker implements Ticker {
        private final AtomicLong nanos = new AtomicLong();

        @Override
        public long nanos() {
            return nanos.get();
        }

        void pass(Duration time) {
            nanos.addAndGet(time.toNanos());
        }
    }
}
