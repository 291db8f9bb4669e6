package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.haproxy.HaproxyException.Kind;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts of HAProxy 2.4 to 3.x. Those of 2.6 were measured, the others are from the sources of their versions. */
class ReplyTest {
    private static final RuntimeAddress ADDRESS = new RuntimeAddress("unix:/run/haproxy.sock");
    private static final String LINE = "set server pg/one state ready";

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("all", "Permission denied\n\n", Kind.PERMISSION_DENIED, "level admin"),
                Arguments.of("all", "No such backend.\n\n", Kind.NO_SUCH_BACKEND, "haproxy.backend"),
                Arguments.of("all", "Can't find backend.\n\n", Kind.NO_SUCH_BACKEND, "haproxy.backend"),
                Arguments.of("all", "No such proxy.\n\n", Kind.NO_SUCH_BACKEND, "haproxy.backend"),
                Arguments.of("all", "No such server.\n\n", Kind.NO_SUCH_SERVER, "haproxy.servers"),
                Arguments.of("all", "Proxy is disabled.\n\n", Kind.PROXY_DISABLED, "reload"),
                Arguments.of(
                        "2.6 master",
                        "Can't find the target PID matching the prefix '@!99'\n",
                        Kind.NO_SUCH_PROCESS,
                        "ended"),
                Arguments.of(
                        "to 2.3",
                        "Unknown command. Please enter one of the following commands only :\n  help\n\n",
                        Kind.UNKNOWN_COMMAND,
                        "2.4 or newer"),
                Arguments.of(
                        "2.4 to 2.6",
                        "Unknown command, but maybe one of the following ones is a better match:\n  quit\n\n",
                        Kind.UNKNOWN_COMMAND,
                        "2.4 or newer"),
                Arguments.of("from 2.8", "Unknown command: 'foo'\n\n", Kind.UNKNOWN_COMMAND, "2.4 or newer"),
                Arguments.of("all", "Require 'backend/server'.\n\n", Kind.UNKNOWN_REPLY, "both versions"),
                Arguments.of(
                        "all",
                        "usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send\n\n",
                        Kind.UNKNOWN_REPLY,
                        "both versions"),
                Arguments.of(
                        "all",
                        "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n\n",
                        Kind.UNKNOWN_REPLY,
                        "both versions"),
                Arguments.of(
                        "all",
                        "'set server <srv> health' expects 'up', 'stopping', or 'down'.\n\n",
                        Kind.UNKNOWN_REPLY,
                        "both versions"),
                Arguments.of(
                        "all",
                        "Too many arguments. Commands must have at most 64 arguments.\n",
                        Kind.UNKNOWN_REPLY,
                        "both versions"),
                Arguments.of(
                        "all",
                        "This command is restricted to expert mode only.\n\n",
                        Kind.UNKNOWN_REPLY,
                        "both versions"),
                Arguments.of(
                        "all",
                        "This command is restricted to experimental mode only.\n\n",
                        Kind.UNKNOWN_REPLY,
                        "both versions"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refusals")
    void tellsARefusalByItsText(String versions, String reply, Kind kind, String next) {
        // Alone; after an answer to a command before it; before the answer to one after it; with severities.
        for (String whole : new String[] {
            reply, "\n" + reply, reply + "\n1\n# be_id be_name\n\n", "[3]: " + reply, "[err]: " + reply
        }) {
            HaproxyException refused = assertThrows(
                    HaproxyException.class,
                    () -> Reply.checked(whole, LINE, ADDRESS),
                    versions + ", taken for a success: " + whole);

            assertEquals(kind, refused.kind());
            String message = refused.getMessage();
            assertTrue(message.startsWith("unix:/run/haproxy.sock "), message);
            assertTrue(message.contains("'" + LINE + "'"), message);
            assertTrue(message.contains("'" + reply.lines().findFirst().orElseThrow() + "'"), message);
            assertTrue(message.substring(message.indexOf("): ")).contains(next), message);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\n\n\n",
                "no need to change the addr, no need to change the port by 'stats socket command'\n\n",
                "nothing changed\n\n",
                "cannot change health on a tracking server.\n\n",
                "Health check was not configured on this server, cannot enable.\n\n",
                "No such session (use 'show sess').\n\n",
                "admin\n\n"
            })
    void leavesEverythingElseToReadingTheStateBack(String reply) {
        assertEquals(reply, Reply.checked(reply, LINE, ADDRESS));
    }

    @Test
    void takesSeveritiesAway() {
        assertEquals("\n\nadmin\n\n", Reply.checked("\n\n[6]: admin\n\n", LINE, ADDRESS));
        assertEquals("admin\n\n", Reply.checked("[info]: admin\n\n", LINE, ADDRESS));
    }
}
