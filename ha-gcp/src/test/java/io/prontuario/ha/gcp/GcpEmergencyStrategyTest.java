package io.prontuario.ha.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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
                        "POST default-pool:setSize",
                        "PATCH medical-emergency-api",
                        "PATCH medical-emergency-api",
                        "PUT scale",
                        "POST changes"),
                cloud.changes());
        assertEquals(
                Map.of("MODE", "EMERGENCY", "FUNCTIONALITY_LEVEL", "25", "DATA_ACCESS", "READ_ONLY"),
                cloud.environment());
    }

    @Test
    void theSameStepAgainChangesNothing() {
        Lab.drive(strategy, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY));
        int before = cloud.changes().size();

        Outcome again = Lab.once(strategy, Verb.ENABLE, TransitionKind.EMERGENCY);

        assertEquals(Outcome.Kind.ALREADY_SO, again.kind(), again.detail());
        assertEquals(before, cloud.changes().size());
    }

    /** After every call another coordinator goes on, which has neither the memo nor anything else of the one before. */
    @Test
    void anotherCoordinatorAfterEveryCallArrivesAtTheSameEnd() {
        String undisturbed;
        try (CloudDouble other = new CloudDouble();
                GcpEmergencyStrategy alone = Lab.strategy(other)) {
            Lab.drive(alone, Verb.ENABLE, Lab.state(TransitionKind.EMERGENCY));
            undisturbed = other.endState();
        }
        Outcome outcome = Outcome.alreadySo("");
        for (int call = 0; call < 60; call++) {
            try (GcpEmergencyStrategy fresh = Lab.strategy(cloud)) {
                outcome = Lab.once(fresh, Verb.ENABLE, TransitionKind.EMERGENCY);
            }
            if (outcome.holds()) {
                break;
            }
        }

        assertTrue(outcome.holds(), outcome.detail());
        assertEquals(undisturbed, cloud.endState());
        assertEquals(
                1,
                cloud.changes().stream().filter(one -> one.endsWith("setSize")).count());
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
        cloud.set(double_ -> double_.token = "new");
        TokenSource tokens = new TokenSource() {
            @Override
            public String token() {
                return fetched.get(0);
            }

            @Override
            public void refused() {
                fetched.set(0, "new");
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
            Outcome outcome = Outcome.done("");
            for (int call = 0; call < 60 && !outcome.detail().contains("no answer"); call++) {
                outcome = Lab.once(hasty, Verb.ENABLE, TransitionKind.EMERGENCY);
            }

            assertTrue(outcome.detail().contains("no answer"), outcome.detail());
            assertEquals(Outcome.Kind.RETRY, outcome.kind());
        }
        assertEquals(List.of(CloudDouble.SITE), cloud.addresses("ehr.hospital.example."));
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

        assertTrue(Lab.once(strategy, Verb.ENABLE, TransitionKind.EMERGENCY).holds());
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

            List<Outcome> back = Lab.drive(two, Verb.REJOIN, Lab.state(TransitionKind.FAILBACK));
            assertTrue(back.get(0).detail().contains("2 still in the cloud"), back.toString());
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
        try (GcpEmergencyStrategy quick = Lab.strategy(cloud, builder -> builder.ttlSeconds(5), EmergencyOutbox.NONE)) {
            GcpRehearsal.Report report = new GcpRehearsal(quick, Lab.CLOUD_NODE, System::nanoTime)
                    .run(
                            Lab.state(null),
                            java.time.Instant.EPOCH,
                            Duration.ofMinutes(5),
                            Duration.ofMinutes(5),
                            line -> {});

            assertTrue(report.served(), report.problems().toString());
            assertTrue(report.asleep(), report.problems().toString());
            assertEquals(List.of(), report.problems());
            assertTrue(report.stages().stream().anyMatch(stage -> stage.stage().equals("available")));
        }
        assertEquals(1, cloud.nodes);
        assertEquals(List.of(CloudDouble.SITE), cloud.addresses("ehr.hospital.example."));
        assertEquals(
                2,
                cloud.changes().stream().filter(one -> one.endsWith(" changes")).count());
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
