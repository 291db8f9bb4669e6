package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.NodeName;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresSettingsTest {
    private static final NodeName SELF = new NodeName("studio-1");
    private static final PostgresAddress ADDRESS = PostgresAddress.parse("192.0.2.10:5432");

    private static PostgresSettings.Builder good() {
        return PostgresSettings.builder()
                .self(SELF)
                .server(SELF, ADDRESS)
                .data(Path.of("/var/lib/data"))
                .password("secret");
    }

    private static String violations(PostgresSettings.Builder builder) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, builder::build).getMessage());
    }

    @Test
    void acceptsADataNodeAndAWitness() {
        assertTrue(good().build().hasServer());
        PostgresSettings witness = PostgresSettings.builder()
                .self(new NodeName("lb"))
                .server(SELF, ADDRESS)
                .build();
        assertFalse(witness.hasServer());
        assertEquals("postgres", witness.credentials().user());
    }

    @Test
    void tellsEverythingThatIsWrongAtOnce() {
        String all = violations(PostgresSettings.builder()
                .data(Path.of("relative"))
                .user("two words")
                .networks(List.of("192.0.2.0/24")));
        for (String part : List.of(
                "self: missing", "servers: empty", "data: relative", "user: 'two words'", "password: missing")) {
            assertTrue(all.contains(part), part + " is not in: " + all);
        }
    }

    @Test
    void aDataNodeNeedsItsOwnAddress() {
        assertTrue(violations(PostgresSettings.builder()
                        .self(SELF)
                        .server(new NodeName("studio-2"), ADDRESS)
                        .data(Path.of("/data")))
                .contains("no address for this node, studio-1"));
    }

    @Test
    void onlyLoopbackMayDoWithoutAPassword() {
        PostgresSettings.builder().self(SELF).server(SELF, ADDRESS).build();
        assertTrue(violations(PostgresSettings.builder()
                        .self(SELF)
                        .server(SELF, ADDRESS)
                        .networks(List.of("127.0.0.1/32", "10.0.0.0/8")))
                .contains("password: missing"));
    }

    @Test
    void secretsAreNotShown() {
        assertFalse(good().build().toString().contains("secret"));
    }

    @Test
    void anAddressSaysWhatIsWrongWithIt() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> PostgresAddress.parse("studio-1"))
                .getMessage()
                .contains("host:port"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> PostgresAddress.parse("studio-1:x"))
                .getMessage()
                .contains("not a number"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> PostgresAddress.parse("studio-1:70000"))
                .getMessage()
                .contains("1 to 65535"));
    }
}
