package io.prontuario.ha.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.Isolation;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.Verb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GcpEmergencyStrategyTest {
    private final CloudDouble cloud = new CloudDouble();
    private final GcpEmergencyStrategy strategy = Lab.strategy(cloud);

    @AfterEach
    void close() {
        strategy.close();
        cloud.close();
    }

    @Test
    void wakesTheCloudAndLeadsTheNameThere() {
        List<Outcome> all = Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY));

        assertTrue(Lab.lastOf(all).holds(), all.toString());
        assertEquals(List.of(CloudDouble.CLOUD), cloud.addresses("ehr.hospital.example."));
        assertEquals(
                List.of(
                        // A warm pod is told what it is and led to, and grows while it serves.
                        "PATCH medical-emergency-api",
                        "POST changes",
                        "POST default-pool:setSize",
                        "PATCH medical-emergency-api",
                        "PUT scale"),
                cloud.changes());
        assertEquals(
                Map.of("MODE", "EMERGENCY", "FUNCTIONALITY_LEVEL", "25", "DATA_ACCESS", "READ_ONLY"),
                cloud.environment());
    }

    @Test
    void withoutAWarmPodNodesComeFirstAndTheNameIsLedToTheFirstPodThatIsReady() {
        cloud.withoutNodes();
        try (GcpEmergencyStrategy cold = Lab.strategy(
                cloud,
                builder -> builder.nodeBounds(0, 5).sleepingNodes(0).sleepingReplicas(0),
                EmergencyOutbox.NONE)) {
            List<Outcome> all = Lab.drive(cold, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY));

            assertTrue(Lab.lastOf(all).holds(), all.toString());
        }
        assertEquals("POST default-pool:setSize", cloud.changes().get(0));
        assertEquals("POST changes", cloud.changes().get(cloud.changes().size() - 1));
        assertEquals(List.of(CloudDouble.CLOUD), cloud.addresses("ehr.hospital.example."));
    }

    /** What cannot grow serves all the same, and says why it does not grow. */
    @Test
    void aWarmPodServesThoughTheQuotaIsExhausted() {
        cloud.failNext("setSize", 403, "quotaExceeded", "no");

        Outcome outcome = Lab.lastOf(Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY)));

        assertEquals(Outcome.Kind.REFUSED, outcome.kind());
        assertTrue(outcome.detail().startsWith("nodes: "), outcome.detail());
        assertEquals(List.of(CloudDouble.CLOUD), cloud.addresses("ehr.hospital.example."));
    }

    @Test
    void theSameStepAgainChangesNothing() {
        Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY));
        int before = cloud.changes().size();

        Outcome again = Lab.once(strategy, Verb.ENABLE, TransitionKind.EMERGENCY);

        assertEquals(Outcome.Kind.ALREADY_SO, again.kind(), again.detail());
        assertEquals(before, cloud.changes().size());
    }

    /** After every call of every step another coordinator goes on, which has neither the memo nor anything else of the one before. */
    @Test
    void anotherCoordinatorAfterEveryCallArrivesAtTheSameEnd() {
        List<String> undisturbed = new ArrayList<>();
        try (CloudDouble other = new CloudDouble();
                GcpEmergencyStrategy alone = Lab.strategy(other)) {
            Lab.StandingTicker ticker = new Lab.StandingTicker();
            Lab.started(alone, ticker);
            for (Leg leg : Leg.values()) {
                for (int call = 0; call < MOST && !leg.once(alone).holds(); call++) {
                    ticker.pass(Duration.ofSeconds(30));
                }
                undisturbed.add(other.endState());
            }
        }
        List<String> cut = new ArrayList<>();
        for (Leg leg : Leg.values()) {
            Outcome outcome = Outcome.alreadySo("");
            Lab.StandingTicker ticker = new Lab.StandingTicker();
            // Each has its own memory of when the name came home: one that waits is kept until the wait is over.
            GcpEmergencyStrategy fresh = Lab.started(Lab.strategy(cloud), ticker);
            for (int call = 0; call < MOST; call++) {
                outcome = leg.once(fresh);
                if (outcome.holds()) {
                    break;
                }
                if (outcome.detail().startsWith("drain")) {
                    ticker.pass(Duration.ofSeconds(61));
                } else {
                    fresh.close();
                    fresh = Lab.started(Lab.strategy(cloud), ticker);
                }
            }
            fresh.close();
            assertTrue(outcome.holds(), leg + ": " + outcome.detail());
            cut.add(cloud.endState());
        }

        assertEquals(undisturbed, cut);
        assertEquals(
                2,
                cloud.changes().stream().filter(one -> one.endsWith("setSize")).count(),
                cloud.changes()::toString);
    }

    private static final int MOST = 60;

    /** There and back. */
    private enum Leg {
        THERE(Verb.ENABLE, TransitionKind.EMERGENCY),
        HOME(Verb.ISOLATE, TransitionKind.FAILBACK),
        TO_SLEEP(Verb.REJOIN, TransitionKind.FAILBACK);

        private final Verb verb;
        private final TransitionKind kind;

        Leg(Verb verb, TransitionKind kind) {
            this.verb = verb;
            this.kind = kind;
        }

        Outcome once(GcpEmergencyStrategy strategy) {
            return Lab.once(strategy, verb, kind);
        }
    }

    /** Each change is carried out and its answer is lost; whoever goes on looks first. */
    @ParameterizedTest
    @ValueSource(strings = {"setSize", "PATCH /apis/apps", "PATCH /apis/autoscaling", "PUT ", "POST /dns"})
    void aChangeWhoseAnswerWasLostIsNotMadeTwice(String part) {
        cloud.loseAnswerOfNext(part);

        List<Outcome> all = Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY));

        assertTrue(all.stream().anyMatch(one -> one.kind() == Outcome.Kind.UNKNOWN), all.toString());
        assertTrue(Lab.lastOf(all).holds(), all.toString());
        assertEquals(5, cloud.changes().size(), cloud.changes().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "clusters/medical, 403, forbidden, container.clusters.get",
        "setSize, 403, forbidden, container.clusters.update",
        "/scale, 403, Forbidden, container.deployments.getScale",
        "POST /dns, 403, forbidden, dns.changes.create",
        "clusters/medical, 404, notFound, does not exist",
        "managedZones/hospital, 404, notFound, does not exist",
        "setSize, 403, quotaExceeded, the quota is exhausted",
        "clusters/medical, 403, accessNotConfigured, enable it"
    })
    void isRefusedAndSaysWhatToDo(String part, int status, String reason, String said) {
        cloud.failNext(part, status, reason, "no");

        Outcome outcome = Lab.lastOf(Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY)));

        assertEquals(Outcome.Kind.REFUSED, outcome.kind());
        assertTrue(outcome.detail().contains(said), outcome.detail());
    }

    @ParameterizedTest
    @CsvSource({
        "clusters/medical, 429, rateLimitExceeded, RETRY",
        "clusters/medical, 403, rateLimitExceeded, RETRY",
        "clusters/medical, 503, backendError, RETRY",
        "clusters/medical, 401, authError, RETRY",
        "setSize, 500, backendError, UNKNOWN",
        "PUT , 409, Conflict, RETRY",
        "POST /dns, 412, conditionNotMet, RETRY"
    })
    void whatPassesIsNotTakenForAFailure(String part, int status, String reason, Outcome.Kind kind) {
        cloud.failNext(part, status, reason, "not now");

        List<Outcome> all = Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY));

        assertTrue(all.stream().anyMatch(one -> one.kind() == kind), all.toString());
        assertTrue(Lab.lastOf(all).holds(), all.toString());
    }

    @Test
    void waitsAsLongAsTheServiceAsksFor() {
        cloud.failNext("clusters/medical", 429, "rateLimitExceeded", "slowly");

        Outcome outcome = Lab.once(strategy, Verb.ENABLE, TransitionKind.EMERGENCY);

        assertEquals(Duration.ofSeconds(7), outcome.again());
    }

    @Test
    void aTokenThatIsRefusedIsFetchedAnew() {
        List<String> fetched = new ArrayList<>(List.of("old"));
        AtomicInteger refusals = new AtomicInteger();
        cloud.set(double_ -> double_.token = "new");
        TokenSource tokens = new TokenSource() {
            @Override
            public String token() {
                return fetched.get(0);
            }

            @Override
            public void refused() {
                // By the look that only tells whether a pod is warm, and then by the step.
                fetched.set(0, refusals.incrementAndGet() > 1 ? "new" : "old");
            }
        };
        try (GcpEmergencyStrategy expired = GcpEmergencyStrategy.of(
                Lab.good().servicePort(cloud.port()).build(), EmergencyOutbox.NONE, cloud.endpoints(), tokens)) {
            List<Outcome> all = Lab.drive(expired, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY));

            assertTrue(all.get(0).detail().contains("compare this machine's clock"), all.toString());
            assertTrue(Lab.lastOf(all).holds(), all.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"clusters/medical", "/api/v1/nodes", "/managedZones", "/ready"})
    void aServiceThatDoesNotAnswerIsGivenUpAfterTheLimitOfACall(String part) {
        cloud.hang(part);
        try (GcpEmergencyStrategy hasty =
                Lab.strategy(cloud, builder -> builder.callLimit(Duration.ofMillis(400)), EmergencyOutbox.NONE)) {
            // On a busy machine a change may outlast the limit as well, which is UNKNOWN; what hangs for ever is only
            // read.
            Outcome outcome = Outcome.done("");
            for (int call = 0; call < 60 && !givenUp(outcome); call++) {
                outcome = Lab.once(hasty, Verb.ENABLE, TransitionKind.EMERGENCY);
            }

            assertTrue(givenUp(outcome), outcome.detail());
        }
        // A pod that is warm is led to before nodes are asked for, if it was seen to be warm within the limit.
        if (!part.equals("/api/v1/nodes")) {
            assertEquals(List.of(CloudDouble.SITE), cloud.addresses("ehr.hospital.example."));
        }
    }

    private static boolean givenUp(Outcome outcome) {
        return outcome.kind() == Outcome.Kind.RETRY && outcome.detail().contains("no answer");
    }

    /** With the real Application Default Credentials: a key file, and a token server that finds the clock wrong. */
    @Test
    void aClockThatIsWrongIsSaidAndNothingIsAskedForWithoutAToken(@TempDir Path folder) throws IOException {
        Path key = Files.writeString(folder.resolve("key.json"), cloud.serviceAccountKey());
        cloud.set(one -> {
            one.token = "given-by-the-double";
            one.tokenRefusal =
                    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe";
        });
        try (GcpEmergencyStrategy skewed = GcpEmergencyStrategy.of(
                Lab.good().servicePort(cloud.port()).build(),
                EmergencyOutbox.NONE,
                cloud.endpoints().withCredentials(key))) {
            Outcome outcome = Lab.once(skewed, Verb.ENABLE, TransitionKind.EMERGENCY);
            assertEquals(Outcome.Kind.RETRY, outcome.kind());
            assertTrue(outcome.detail().contains("compare this machine's clock"), outcome.detail());
            assertTrue(outcome.detail().contains("Invalid JWT"), outcome.detail());
            assertEquals(List.of(), cloud.changes());

            cloud.set(one -> one.tokenRefusal = "");

            assertTrue(Lab.lastOf(Lab.drive(skewed, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY)))
                    .holds());
        }
    }

    @Test
    void anOperationThatFailedForWantOfQuotaSaysSo() {
        cloud.set(one -> one.operationError = "Insufficient regional quota to satisfy request: CPUS");

        Outcome outcome = Lab.lastOf(Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY)));

        assertEquals(Outcome.Kind.REFUSED, outcome.kind());
        assertTrue(outcome.detail().contains("CPUS: the quota is exhausted"), outcome.detail());
    }

    @Test
    void anImageThatCannotBePulledIsSaidInsteadOfWaitedFor() {
        cloud.set(one -> one.podTrouble = "ImagePullBackOff");

        Outcome outcome = Lab.lastOf(Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY)));

        assertEquals(Outcome.Kind.REFUSED, outcome.kind());
        assertTrue(outcome.detail().contains("the image cannot be pulled"), outcome.detail());
        assertEquals(List.of(CloudDouble.SITE), cloud.addresses("ehr.hospital.example."));
    }

    @Test
    void theNameStaysWhileTheCloudIsNotReady() {
        cloud.set(one -> one.servesReady = false);

        Outcome outcome = Outcome.done("");
        for (int call = 0; call < 10; call++) {
            outcome = Lab.once(strategy, Verb.ENABLE, TransitionKind.EMERGENCY);
        }

        assertEquals(Outcome.Kind.IN_PROGRESS, outcome.kind());
        assertTrue(outcome.detail().contains("/ready answers 503"), outcome.detail());
        assertEquals(List.of(CloudDouble.SITE), cloud.addresses("ehr.hospital.example."));
    }

    @Test
    void aNameThatSomebodyElseHasMovedStays() {
        cloud.record("ehr.hospital.example.", "198.51.100.7");

        Outcome outcome = Lab.lastOf(Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY)));

        assertEquals(Outcome.Kind.REFUSED, outcome.kind());
        assertTrue(outcome.detail().contains("somebody else has changed it"), outcome.detail());
        assertEquals(List.of("198.51.100.7"), cloud.addresses("ehr.hospital.example."));
    }

    @Test
    void aNameWithARoutingPolicyAndAZoneThatIsNotOursStay() {
        cloud.routingPolicy("ehr.hospital.example.");
        Outcome policy = Lab.lastOf(Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY)));
        cloud.set(one -> one.zoneOf = "other.example.");
        Outcome zone = Lab.lastOf(Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY)));

        assertTrue(policy.detail().contains("routing policy"), policy.detail());
        assertTrue(zone.detail().contains("is for other.example. and not for ehr"), zone.detail());
    }

    @Test
    void aChangeCountsOnlyWhenTheZonesServersSayIt() {
        cloud.set(one -> one.zoneServersAreStale = true);
        Outcome outcome = Outcome.done("");
        for (int call = 0; call < 12; call++) {
            outcome = Lab.once(strategy, Verb.ENABLE, TransitionKind.EMERGENCY);
        }
        assertEquals(Outcome.Kind.IN_PROGRESS, outcome.kind());
        assertTrue(outcome.detail().contains("still says [203.0.113.10]"), outcome.detail());

        cloud.set(one -> one.zoneServersAreStale = false);

        assertTrue(Lab.lastOf(Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY)))
                .holds());
    }

    @Test
    void withoutAMandateNothingIsAskedOfTheCloud() {
        Outcome outcome = Lab.once(strategy, Verb.ENABLE, null);

        assertEquals(Outcome.Kind.REFUSED, outcome.kind());
        assertEquals(0, cloud.requests());
    }

    @ParameterizedTest
    @EnumSource(names = {"FAILOVER", "SWITCHOVER", "RESTART"})
    void takesNoPartInWhatHappensOnSite(TransitionKind kind) {
        assertEquals(io.prontuario.ha.spi.Participation.NONE, strategy.participation(kind));
        Outcome isolated = strategy.isolate(Lab.request(Verb.ISOLATE, Lab.SITE_NODE, Lab.state(kind), ""));

        assertEquals(Outcome.Kind.ALREADY_SO, isolated.kind());
        assertEquals(0, cloud.requests());
    }

    @Test
    void theWayBackLeadsTheNameHomeThenDrainsThenBringsHomeWhatWasWrittenThenSleeps() {
        Lab.StandingTicker ticker = new Lab.StandingTicker();
        AtomicInteger pending = new AtomicInteger(2);
        EmergencyOutbox outbox = () -> new EmergencyOutbox.Reconciliation(
                2 - pending.get(), pending.getAndUpdate(now -> Math.max(0, now - 1)), List.of("note 7 contradicts"));
        try (GcpEmergencyStrategy two =
                Lab.strategy(cloud, builder -> builder.mode(EmergencyMode.APPEND_ONLY), outbox)) {
            Lab.started(two, ticker);
            assertTrue(Lab.lastOf(Lab.drive(two, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY)))
                    .holds());
            assertEquals("APPEND_ONLY", cloud.environment().get("DATA_ACCESS"));

            Outcome tooEarly = Lab.once(two, Verb.REJOIN, TransitionKind.FAILBACK);
            assertEquals(Outcome.Kind.REFUSED, tooEarly.kind());
            assertTrue(tooEarly.detail().contains("lead it home"), tooEarly.detail());
            assertEquals(2, cloud.replicas);

            Outcome draining = Outcome.done("");
            for (int call = 0; call < 8; call++) {
                draining = Lab.once(two, Verb.ISOLATE, TransitionKind.FAILBACK);
            }
            assertTrue(draining.detail().contains("for 60 s more"), draining.detail());
            assertEquals(List.of(CloudDouble.SITE), cloud.addresses("ehr.hospital.example."));
            ticker.pass(Duration.ofSeconds(61));
            assertTrue(Lab.once(two, Verb.ISOLATE, TransitionKind.FAILBACK).holds());

            assertEquals(2, two.reconciliation().merged(), "what waited came home before clients did");

            // Written there by one who had not followed yet.
            pending.set(1);
            List<Outcome> back = Lab.drive(two, Verb.REJOIN, Lab.state(TransitionKind.FAILBACK));
            assertTrue(back.get(0).detail().contains("1 still in the cloud"), back.toString());
            assertTrue(Lab.lastOf(back).holds(), back.toString());
            assertEquals(List.of("note 7 contradicts"), two.reconciliation().needsPerson());
            assertEquals(2, two.reconciliation().merged());
        }
        assertEquals(1, cloud.nodes);
        assertEquals(1, cloud.replicas);
        assertEquals(1, cloud.minReplicas);
    }

    @Test
    void clientsAreNotLedHomeWhileNobodyOnSiteIsTheActivePrimary() {
        Copy nominee = new Copy(Lab.SITE_NODE, "7f3a");
        Outcome outcome = strategy.enable(Lab.request(
                Verb.ENABLE, Lab.SITE_NODE, Lab.state(nominee, false, List.of(), TransitionKind.FAILBACK), ""));

        assertEquals(Outcome.Kind.REFUSED, outcome.kind());
        assertTrue(outcome.detail().contains("clients stay where they are"), outcome.detail());
    }

    @Test
    void aRehearsalMovesItsOwnNameAndTheCloudSleepsAfterwards() {
        Lab.StandingTicker ticker = new Lab.StandingTicker();
        Lab.started(strategy, ticker);
        assertTrue(Lab.lastOf(Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.DRILL)))
                .holds());
        assertEquals(List.of(CloudDouble.CLOUD), cloud.addresses("ehr-rehearsal.hospital.example."));
        Outcome home = Outcome.alreadySo("");
        for (int call = 0; call < MOST && !home.detail().startsWith("drain"); call++) {
            home = Lab.once(strategy, Verb.ISOLATE, TransitionKind.DRILL);
        }
        ticker.pass(Duration.ofSeconds(61));
        assertTrue(Lab.once(strategy, Verb.ISOLATE, TransitionKind.DRILL).holds(), home.detail());
        assertTrue(Lab.lastOf(Lab.drive(strategy, Verb.REJOIN, Lab.state(TransitionKind.DRILL)))
                .holds());

        assertEquals(1, cloud.nodes);
        assertEquals(List.of(CloudDouble.SITE), cloud.addresses("ehr-rehearsal.hospital.example."));
        assertEquals(List.of(CloudDouble.SITE), cloud.addresses("ehr.hospital.example."));
        assertEquals(
                2,
                cloud.changes().stream().filter(one -> one.endsWith(" changes")).count());
    }

    /** The public name led there, and no one may say that the record was lost on the way. */
    @Test
    void aDeclarationLeadsTheNameThereAndNeverMakesAWriter() {
        Copy cloudCopy = new Copy(Lab.CLOUD_NODE, "0001");
        StepRequest request = new StepRequest(
                new Step("gcp", Verb.ENABLE, Lab.CLOUD_NODE),
                Lab.state(cloudCopy, true, List.of(), null),
                Duration.ofSeconds(20),
                Isolation.FORCED,
                "",
                new Declaration("c1", 42, "Ana"));
        Outcome outcome = Outcome.retry("", Duration.ZERO);
        for (int call = 0; call < MOST && !outcome.holds(); call++) {
            outcome = strategy.enable(request);
        }

        assertEquals("READ_ONLY", cloud.environment().get("DATA_ACCESS"));
        assertEquals(List.of(CloudDouble.CLOUD), cloud.addresses("ehr.hospital.example."));
        assertEquals("READ_REPLICA_INSTANCE", cloud.instanceType);
    }

    @Test
    void theReplicaIsPromotedOnlyWhenTheRecordNamesTheCloudAndNobodyElse() {
        Copy cloudCopy = new Copy(Lab.CLOUD_NODE, "0001");
        Outcome another = strategy.promoteReplica(
                Lab.request(Verb.ENABLE, Lab.CLOUD_NODE, Lab.state(TransitionKind.EMERGENCY), ""));
        Outcome withHeirs = strategy.promoteReplica(Lab.request(
                Verb.ENABLE,
                Lab.CLOUD_NODE,
                Lab.state(cloudCopy, false, List.of(new Copy(Lab.SITE_NODE, "7f3a")), TransitionKind.EMERGENCY),
                ""));
        assertTrue(another.detail().contains("would be a second writer"), another.detail());
        assertTrue(withHeirs.detail().contains("who could be nominated instead"), withHeirs.detail());
        assertEquals(0, cloud.requests());

        Outcome outcome = Outcome.done("");
        String memo = "";
        for (int call = 0; call < 10 && outcome.kind() != Outcome.Kind.ALREADY_SO; call++) {
            outcome = strategy.promoteReplica(Lab.request(
                    Verb.ENABLE,
                    Lab.CLOUD_NODE,
                    Lab.state(cloudCopy, false, List.of(), TransitionKind.EMERGENCY),
                    memo));
            memo = outcome.memo();
        }
        assertEquals("CLOUD_SQL_INSTANCE", cloud.instanceType);
        assertEquals(List.of("POST promoteReplica"), cloud.changes());
    }

    @Test
    void looksOnceAMinuteWhileAllIsWellAndSaysWhenTheNameIsAway() {
        Lab.StandingTicker ticker = new Lab.StandingTicker();
        Lab.started(strategy, ticker);
        assertTrue(strategy.reconcile(Lab.state(null)).holds());
        int asked = cloud.requests();
        assertTrue(strategy.reconcile(Lab.state(null)).holds());
        assertEquals(asked, cloud.requests());

        cloud.record("ehr.hospital.example.", CloudDouble.CLOUD);
        ticker.pass(Duration.ofSeconds(61));
        Outcome away = strategy.reconcile(Lab.state(null));

        assertEquals(Outcome.Kind.REFUSED, away.kind());
        assertTrue(away.detail().contains("although no emergency is journaled"), away.detail());
        assertFalse(cloud.changes().stream().anyMatch(one -> one.endsWith("changes")));
    }

    @Test
    void preparingNamesEveryProblemAndChangesNothing() {
        cloud.failNext("nodePools", 403, "forbidden", "no");
        cloud.failNext("managedZones", 404, "notFound", "no zone");

        Outcome outcome = strategy.prepare(Lab.request(Verb.ENABLE, Lab.CLOUD_NODE, Lab.state(null), ""));

        assertEquals(Outcome.Kind.REFUSED, outcome.kind());
        assertTrue(outcome.detail().contains("container.clusters.get"), outcome.detail());
        assertTrue(outcome.detail().contains("DNS zone hospital"), outcome.detail());
        assertEquals(List.of(), cloud.changes());
    }
}
