package io.prontuario.ha.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GcpSettingsTest {

    @Test
    void beginsWithTheValuesOfTheDeploymentGuide() {
        GcpSettings settings = Lab.good().build();

        assertEquals(
                new GcpSettings.Place("my-hospital", "southamerica-east1-a", "medical-emergency-cluster"),
                settings.place());
        assertEquals(new GcpSettings.Pool("default-pool", "e2-standard-4", 50, 1, 5, 2, 1), settings.pool());
        assertEquals("medical-emergency-api", settings.workload().deployment());
        assertEquals("medical-emergency-service", settings.workload().service());
        assertEquals(2, settings.workload().awake());
        assertEquals(25, settings.level());
        assertEquals(EmergencyMode.READ_ONLY, settings.mode());
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                row(
                        b -> b.environment("GCP"),
                        "environment: node name 'GCP' must be 1 to 40 characters of a-z, 0-9 and '-'; choose another name"),
                row(b -> b.zone("brazil"), "zone: 'brazil' is not a zone or region, such as southamerica-east1-a"),
                row(
                        b -> b.image("x\n      evil: true"),
                        "image: 'x\n      evil: true' is not an image, such as gcr.io/my-hospital/emergency-api@sha256:…"),
                row(b -> b.nodes(6), "nodes: 6, must be between 1 and 5"),
                row(b -> b.sleepingNodes(0), "sleepingNodes: 0, must be between 1 and 2"),
                row(b -> b.sleepingReplicas(3), "sleepingReplicas: 3, must be between 0 and 2"),
                row(b -> b.port(0), "port: 0, must be between 1 and 65535"),
                row(
                        b -> b.dnsRecord("ehr.hospital.example"),
                        "dnsRecord: 'ehr.hospital.example' is not a full name with a dot at its end, such as ehr.hospital.example."),
                row(
                        b -> b.rehearsalRecord("ehr.hospital.example."),
                        "rehearsalRecord: is the record itself: a rehearsal would move the clients"),
                row(b -> b.ttlSeconds(3600), "ttlSeconds: 3600, must be between 5 and 300"),
                row(b -> b.onPremises("203.0.113.256"), "onPremises: '203.0.113.256' is not an IPv4 address"),
                row(
                        b -> b.mode(EmergencyMode.WRITER),
                        "mode: WRITER is no setting: only a record that names the environment makes it a writer"),
                row(b -> b.level(100), "level: 100, must be between 0 and 99"),
                row(b -> b.callLimit(Duration.ofMillis(99)), "callLimit: 99 ms, must be between 100 and 30000 ms"));
    }

    private static Arguments row(UnaryOperator<GcpSettings.Builder> change, String violation) {
        return Arguments.of(change, violation);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("violations")
    void refusesAndSaysWhatIsWrong(UnaryOperator<GcpSettings.Builder> change, String violation) {
        GcpSettings.Builder wrong = change.apply(Lab.good());

        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, wrong::build);

        assertEquals("GCP settings:\n  " + violation, refused.getMessage());
    }

    @Test
    void listsEveryViolationAtOnceAndAgainTheNextTime() {
        GcpSettings.Builder empty = GcpSettings.builder();
        String all =
                "GCP settings:\n  project: missing: give a project id of 6 to 30 of a-z, 0-9 and '-', such as my-hospital"
                        + "\n  image: missing: give an image, such as gcr.io/my-hospital/emergency-api@sha256:…"
                        + "\n  dnsZone: missing: give a managed zone's name"
                        + "\n  dnsRecord: missing: give a full name with a dot at its end, such as ehr.hospital.example."
                        + "\n  rehearsalRecord: missing: give a full name with a dot at its end, such as ehr-rehearsal.hospital.example."
                        + "\n  onPremises: empty: give the addresses on site that the record holds as long as all is well";

        assertEquals(
                all, assertThrows(IllegalArgumentException.class, empty::build).getMessage());
        assertEquals(
                all, assertThrows(IllegalArgumentException.class, empty::build).getMessage());
    }

    @Test
    void anEnvironmentThatAppendsNeedsAWayHomeForWhatItAppends() {
        GcpSettings appends = Lab.good().mode(EmergencyMode.APPEND_ONLY).build();

        assertThrows(IllegalArgumentException.class, () -> GcpEmergencyStrategy.of(appends, EmergencyOutbox.NONE));
    }
}
