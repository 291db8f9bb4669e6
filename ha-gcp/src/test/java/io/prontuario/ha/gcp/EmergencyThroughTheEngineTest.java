package io.prontuario.ha.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.HaNode;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real clients, driven by a witness that knows nothing of a cloud but the SPI. */
class EmergencyThroughTheEngineTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String CLUSTER = "records";

    @TempDir
    private Path folder;

    @Test
    void aRehearsalTouchesOnlyItsNameAndSleepsAgainAndADeclaredEmergencyLeadsClientsThere() {
        InMemoryEnsemble ensemble = new InMemoryEnsemble();
        ClusterState record = Lab.state(null);
        try (CloudDouble cloud = CloudDouble.at(CloudDouble.Pace.REAL.faster(100));
                InMemoryClusterStore hand = ensemble.store()) {
            hand.start(CLUSTER, new NodeName("hand"), () -> {});
            hand.create(record, LIMIT);
            GcpEmergencyStrategy gcp = Lab.strategy(cloud, builder -> builder.ttlSeconds(5), EmergencyOutbox.NONE);
            try (HaNode witness = HaNode.builder()
                    .cluster(CLUSTER)
                    .node("lb")
                    .role(NodeRole.WITNESS)
                    .store(ensemble.store())
                    .strategy(gcp)
                    .stateFolder(folder)
                    .start()) {
                EmergencyControl control = EmergencyControl.of(hand);
                String asleep = cloud.endState();

                Emergency drill = control.rehearse("Ana");
                await(control, EmergencyPhase.SERVING);
                assertEquals(List.of(CloudDouble.CLOUD), cloud.resolve("ehr-rehearsal.hospital.example."));
                await(control, EmergencyPhase.ENDED);

                assertEquals(asleep, cloud.endState());
                soon().until(() ->
                        steps(hand, drill).containsAll(List.of("serving", "returning", "clearing", "ended")));
                assertTrue(
                        steps(hand, drill).stream().anyMatch("enable nodes"::equals),
                        () -> steps(hand, drill).toString());
                assertEquals(List.of(CloudDouble.SITE), cloud.resolve("ehr.hospital.example."));

                control.declare(new Declaration(record.clusterId(), record.epoch(), "Ana"));
                await(control, EmergencyPhase.SERVING);

                assertEquals(List.of(CloudDouble.CLOUD), cloud.resolve("ehr.hospital.example."));
                assertEquals("READ_ONLY", cloud.environment().get("DATA_ACCESS"));
                assertTrue(witness.page("/status", "").orElseThrow().body().contains("\"emergency\""));
                assertEquals(record, hand.read(LIMIT).orElseThrow().state());
            }
        }
    }

    private static List<String> steps(InMemoryClusterStore hand, Emergency emergency) {
        return hand.history(50, LIMIT).stream()
                .filter(one -> one.transitionId().equals(emergency.id()))
                .flatMap(one -> one.steps().stream())
                .map(StepRecord::step)
                .toList();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }

    private static void await(EmergencyControl control, EmergencyPhase phase) {
        soon().until(() -> control.now().filter(now -> now.phase() == phase).isPresent());
    }
}
