package io.prontuario.ha.gcp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Verb;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From the decision to the first request that a client, who asks the zone's servers for the name, is answered: against a double that takes
 * the time which the cloud takes, here a fraction of it. At the real pace, with what was found printed and held against the targets:
 *
 * <pre>mvn -q -Pfast -pl ha-gcp -am test -Dtest=EmergencyPaceTest -Dsurefire.failIfNoSpecifiedTests=false -Dgcp.pace=1</pre>
 */
class EmergencyPaceTest {
    private static final int TIMES = Integer.getInteger("gcp.pace", 50);
    private static final Duration WARM = Duration.ofSeconds(20);
    private static final Duration COLD = Duration.ofMinutes(3);

    private final HttpClient client = HttpClient.newHttpClient();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFirstRequestIsServed(boolean warm) throws IOException, InterruptedException {
        UnaryOperator<GcpSettings.Builder> change = warm
                ? builder -> builder
                : builder -> builder.nodeBounds(0, 5).sleepingNodes(0).sleepingReplicas(0);
        try (CloudDouble cloud = CloudDouble.at(CloudDouble.Pace.REAL.faster(TIMES));
                GcpEmergencyStrategy strategy = Lab.strategy(cloud, change, EmergencyOutbox.NONE)) {
            if (!warm) {
                cloud.withoutNodes();
            }
            // Whoever coordinates has looked once a minute all the time: his clients are there, and their code is
            // loaded.
            strategy.prepare(Lab.request(Verb.ENABLE, Lab.CLOUD_NODE, Lab.state(null), ""));
            served(cloud);
            long decided = System.nanoTime();
            Outcome outcome = Outcome.retry("not called yet", Duration.ZERO);
            while (!served(cloud)) {
                outcome = Lab.once(strategy, Verb.ENABLE, TransitionKind.EMERGENCY);
                assertTrue(outcome.kind() != Outcome.Kind.REFUSED, outcome.detail());
                pause(outcome);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - decided);
            System.out.println((warm ? "warm pod" : "no node") + ": first request served " + took.toMillis()
                    + " ms after the decision, at " + TIMES + " times the cloud's pace");
            assertTrue(TIMES > 1 || took.compareTo(warm ? WARM : COLD) <= 0, took::toString);
            while (!outcome.holds()) {
                outcome = Lab.once(strategy, Verb.ENABLE, TransitionKind.EMERGENCY);
                assertTrue(outcome.kind() != Outcome.Kind.REFUSED, outcome.detail());
                pause(outcome);
            }
            System.out.println(
                    "grown " + Duration.ofNanos(System.nanoTime() - decided).toMillis() + " ms after it");
        }
    }

    /** As whoever coordinates does between two calls. */
    private static void pause(Outcome outcome) {
        Duration again = outcome.again() == null ? Duration.ZERO : outcome.again();
        LockSupport.parkNanos(again.dividedBy(TIMES).toNanos());
    }

    private boolean served(CloudDouble cloud) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(Duration.ofSeconds(5), Duration.ofSeconds(5), Ticker.system());
        List<String> found;
        try {
            found = List.copyOf(NameServers.addresses(cloud.nameServer(), "ehr.hospital.example.", deadline));
        } catch (javax.naming.NamingException e) {
            return false;
        }
        return found.contains(CloudDouble.CLOUD)
                && client.send(
                                        HttpRequest.newBuilder(URI.create(
                                                        "http://" + CloudDouble.CLOUD + ":" + cloud.port() + "/ready"))
                                                .build(),
                                        HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200;
    }
}
