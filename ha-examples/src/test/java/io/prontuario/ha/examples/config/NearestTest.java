package io.prontuario.ha.examples.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> KNOWN =
            List.of("node", "store", "postgres", "password-file", "suspicionTime", "standbyTimeout", "sessionTime");

    @ParameterizedTest
    @CsvSource({
        "nodes,          node",
        "Node,           node",
        "stroe,          store",
        "postgresql,     postgres",
        "passwordFile,   password-file",
        "password_file,  password-file",
        "password,       password-file",
        "suspicion-time, suspicionTime",
        "sesionTime,     sessionTime",
        "standbyTime,    standbyTimeout"
    })
    void findsWhatWasMeant(String wrong, String meant) {
        assertEquals(meant, Nearest.of(wrong, KNOWN).orElse("nothing"));
    }

    @ParameterizedTest
    @CsvSource({"foo", "x", "database", "no", "time"})
    void doesNotGuessWhereNothingIsNear(String wrong) {
        assertEquals("nothing", Nearest.of(wrong, KNOWN).orElse("nothing"));
    }
}
