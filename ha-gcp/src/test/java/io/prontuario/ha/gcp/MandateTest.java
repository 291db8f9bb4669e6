package io.prontuario.ha.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.TransitionKind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MandateTest {
    private static final GcpSettings SETTINGS = Lab.good().build();

    private static Mandate declared(String token) {
        return Mandate.toServe(Lab.state(null), SETTINGS, Declaration.parse(token, "Dr. Souza"));
    }

    @Test
    void aDeclarationCountsForItsClusterAndEpochOnlyAndNeverMakesAWriter() {
        assertEquals(Mandate.Kind.EMERGENCY, declared("EMERGENCY:c1:42").kind());
        assertEquals(EmergencyMode.READ_ONLY, declared("EMERGENCY:c1:42").mode());
        assertEquals(Mandate.Kind.NONE, declared("EMERGENCY:c1:41").kind());
        assertEquals(Mandate.Kind.NONE, declared("EMERGENCY:test:42").kind());
        assertEquals(Mandate.Kind.NONE, declared("yes").kind());
        assertTrue(declared("EMERGENCY:c1:41").reason().contains("EMERGENCY:c1:42"));
    }

    @Test
    void aRecordThatNamesTheSiteNeverMakesTheCloudAWriter() {
        assertEquals(
                EmergencyMode.READ_ONLY,
                Mandate.toServe(Lab.state(TransitionKind.EMERGENCY), SETTINGS, Optional.empty())
                        .mode());
    }

    @Test
    void theCloudIsTheWriterWhenTheRecordNamesItAndNobodyCanBeNominatedInstead() {
        Copy cloud = new Copy(Lab.CLOUD_NODE, "0001");

        assertEquals(EmergencyMode.WRITER, Mandate.mode(Lab.state(cloud, true, List.of(), null), SETTINGS));
        assertEquals(
                EmergencyMode.READ_ONLY,
                Mandate.mode(Lab.state(cloud, false, List.of(new Copy(Lab.SITE_NODE, "7f3a")), null), SETTINGS));
    }
}
