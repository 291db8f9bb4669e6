package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.haproxy.ServerState.Operation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerStateTest {
    private static final int CHECKED = 6;
    private static final int NO_CHECK = 8;
    /** Word for word what 2.6.12 answered for two servers that are disabled in the configuration, the first made ready since. */
    private static final String REPLY_OF_2_6 = """
            1
            # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change \
            srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn \
            srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port
            3 pg 1 one 127.0.0.1 2 4 1 1 0 1 0 1 6 0 0 0 - 45992 - 0 45993 127.0.0.1 127.0.0.1 45993
            3 pg 2 two 127.0.0.1 0 5 1 1 1 1 0 0 8 0 0 0 - 45994 - 0 0 - - 0

            """;

    /** The first version of the table, as 1.6 to 1.8 write it. */
    private static final String REPLY_WITH_18_COLUMNS = """
            1
            # be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change \
            srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn
            3 pg 1 one 127.0.0.1 2 0 1 1 0 1 0 1 6 0 0 0 -

            """;

    @Test
    void readsEveryServerByTheNamesInTheHeader() {
        assertEquals(
                List.of(
                        new ServerState("pg", "one", Operation.RUNNING, 4, CHECKED, 1),
                        new ServerState("pg", "two", Operation.STOPPED, 5, NO_CHECK, 1)),
                ServerState.parse(REPLY_OF_2_6));
        assertEquals(
                List.of(new ServerState("pg", "one", Operation.RUNNING, 0, CHECKED, 1)),
                ServerState.parse(REPLY_WITH_18_COLUMNS));
    }

    @Test
    void tellsACheckThatIsSuspendedFromNone() {
        assertTrue(new ServerState("pg", "one", Operation.RUNNING, 4, 2, 1).unchecked());
        assertFalse(new ServerState("pg", "one", Operation.RUNNING, 4, CHECKED, 1).unchecked());
        assertFalse(new ServerState("pg", "one", Operation.RUNNING, 4, NO_CHECK, 1).unchecked());
    }

    @Test
    void skipsTheEmptyRepliesOfCommandsBeforeIt() {
        assertEquals(
                2,
                ServerState.parse("\n\n" + REPLY_OF_2_6 + "Name: HAProxy\n\n").size());
    }

    @Test
    void followsColumnsThatMove() {
        String moved = REPLY_OF_2_6
                .replace("srv_op_state srv_admin_state", "srv_admin_state srv_new_thing srv_op_state")
                .replace("127.0.0.1 2 4 1", "127.0.0.1 4 77 2 1")
                .replace("127.0.0.1 0 5 1", "127.0.0.1 5 77 0 1");

        assertEquals(ServerState.parse(REPLY_OF_2_6), ServerState.parse(moved));
    }

    @ParameterizedTest(name = "admin mask {0}: ready {1}, maintenance {2}")
    @CsvSource({
        "0x00, true,  false",
        "0x01, false, true",
        "0x02, false, true",
        "0x20, false, true",
        "0x05, false, true",
        "0x08, false, false",
        "0x10, false, false",
        // Made ready although the configuration says disabled; host name changed.
        "0x04, true,  false",
        "0x40, true,  false",
        "0x44, true,  false",
    })
    void tellsMaintenanceFromWhatIsOnlyRemembered(String mask, boolean ready, boolean maintenance) {
        ServerState state = new ServerState("pg", "one", Operation.RUNNING, Integer.decode(mask), CHECKED, 1);

        assertEquals(ready, state.ready());
        assertEquals(maintenance, state.maintenance());
    }

    /** {@code set server … weight 0}: no other column shows it (measured on 2.6). */
    @Test
    void oneWithoutWeightIsNotReady() {
        ServerState state = ServerState.parse(REPLY_OF_2_6.replace("127.0.0.1 2 4 1", "127.0.0.1 2 4 0"))
                .get(0);

        assertFalse(state.ready());
        assertFalse(state.maintenance());
    }

    @Test
    void tellsAReadyServerThatItsCheckTookOut() {
        assertTrue(new ServerState("pg", "one", Operation.STOPPED, 4, CHECKED, 1).downByCheck());
        assertFalse(new ServerState("pg", "one", Operation.STOPPED, 5, CHECKED, 1).downByCheck());
        assertFalse(new ServerState("pg", "one", Operation.RUNNING, 4, CHECKED, 1).downByCheck());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "1\n\n", "HTTP/1.1 400 Bad Request\n\n", "220 mail ready\n"})
    void refusesAReplyThatIsNoServerState(String reply) {
        HaproxyException refused = assertThrows(HaproxyException.class, () -> ServerState.parse(reply));

        assertEquals(HaproxyException.Kind.UNKNOWN_REPLY, refused.kind());
    }

    /** A proxy that is killed in the middle of its reply: what is missing from the table means nothing. */
    @Test
    void refusesATableThatWasCutBetweenTwoRows() {
        String cut = REPLY_OF_2_6.substring(0, REPLY_OF_2_6.indexOf("3 pg 2 two"));

        assertEquals(
                HaproxyException.Kind.UNKNOWN_REPLY,
                assertThrows(HaproxyException.class, () -> ServerState.parse(cut))
                        .kind());
    }

    @Test
    void refusesARowThatIsCutOrWithoutNumbers() {
        String cut = REPLY_OF_2_6.replace(" 0 0 0 - 45992 - 0 45993 127.0.0.1 127.0.0.1 45993", "");
        String words = REPLY_OF_2_6.replace("127.0.0.1 2 4 1", "127.0.0.1 up 4 1");
        String unknown = REPLY_OF_2_6.replace("127.0.0.1 2 4 1", "127.0.0.1 9 4 1");

        for (String wrong : List.of(cut, words, unknown)) {
            assertEquals(
                    HaproxyException.Kind.UNKNOWN_REPLY,
                    assertThrows(HaproxyException.class, () -> ServerState.parse(wrong))
                            .kind());
        }
    }
}
