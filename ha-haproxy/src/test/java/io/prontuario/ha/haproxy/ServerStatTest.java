package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Answer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerStatTest {
    /** What 2.6.12 answers to "show stat pg 4 -1", cut after check_desc; the first server's next check is under way. */
    private static final String REPLY_OF_2_6 = """
            # pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,\
            chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,\
            check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,\
            req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,\
            agent_status,agent_code,agent_duration,check_desc,
            pg,one,0,0,3,8,,11,0,44,,0,,0,0,0,0,UP,1,1,0,5,1,158,2,,1,3,1,,11,,2,0,,3,* L7OK,0,0,,,,,,,,,,,0,0,,,,,1,\
            "said ""fine, thanks"", twice",,0,0,0,0,,,,Layer7 check passed,
            pg,two,0,0,0,0,,0,0,0,,0,,0,0,0,0,MAINT,1,1,0,0,0,1,1,,1,3,2,,0,,2,0,,0,,,,,,,,,,,,,,0,0,,,,,-1,,,0,0,0,0,,,,,

            """;

    @Test
    void readsEveryServerByTheNamesInTheHeader() {
        List<ServerStat> stats = ServerStat.parse(REPLY_OF_2_6);

        assertEquals(List.of(new ServerStat("one", 3, "L7OK", true), new ServerStat("two", 0, "", false)), stats);
        assertTrue(stats.get(0).checked());
        assertFalse(stats.get(1).checked());
    }

    @Test
    void followsColumnsThatMoveBehindACellWithCommasInQuotes() {
        // The quoted cell first: whoever splits at every comma reads the wrong cells.
        String moved = Stream.of(REPLY_OF_2_6.split("\n"))
                .map(line -> line.startsWith("#")
                        ? "# pxname,new_thing," + line.substring("# pxname,".length())
                        : line.replaceFirst("^pg,", "pg,\"a, \"\"b\"\", c\","))
                .collect(Collectors.joining("\n", "", "\n\n"));

        assertEquals(ServerStat.parse(REPLY_OF_2_6), ServerStat.parse(moved));
    }

    @Test
    void skipsWhatOtherCommandsOfTheSameLineAnswered() {
        assertEquals(
                2,
                ServerStat.parse("admin\n\n1\n# be_id be_name\n\n" + REPLY_OF_2_6)
                        .size());
    }

    /** Management guide, 9.1, check_status. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "L4OK, REACHED",
        "L6OK, REACHED",
        "L7OK, REACHED",
        "L7OKC, REACHED",
        // 503 and the like: an agent that lives, of a server that does not serve.
        "L7STS, UNKNOWN",
        "L4TOUT, UNREACHED",
        "L4CON, UNREACHED",
        "L6TOUT, UNREACHED",
        "L7TOUT, UNREACHED",
        // Nonsense, or a connection closed without an answer.
        "L6RSP, UNKNOWN",
        "L7RSP, UNKNOWN",
        // Not checked yet, and trouble in the proxy itself.
        "INI, UNKNOWN",
        "UNK, UNKNOWN",
        "SOCKERR, UNKNOWN",
        "PROCOK, UNKNOWN",
        "PROCERR, UNKNOWN",
        "'', UNKNOWN",
        "L9NEW, UNKNOWN"
    })
    void tellsSilenceFromAnAnswerThatIsNo(String check, Answer answer) {
        assertEquals(answer, new ServerStat("one", 0, check, false).answer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "admin\n\n", "# pxname,svname,scur,check_status\npg,one,0,L7OK\n"})
    void refusesAReplyWithoutAWholeTable(String reply) {
        assertEquals(
                HaproxyException.Kind.UNKNOWN_REPLY,
                assertThrows(HaproxyException.class, () -> ServerStat.parse(reply))
                        .kind());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# pxname,svname,check_status\npg,one,L7OK\n\n",
                "# pxname,svname,scur,check_status\npg,one,many,L7OK\n\n",
                "# pxname,svname,scur,check_status\npg,one,0\n\n"
            })
    void refusesARowThatLacksWhatIsNeeded(String reply) {
        assertEquals(
                HaproxyException.Kind.UNKNOWN_REPLY,
                assertThrows(HaproxyException.class, () -> ServerStat.parse(reply))
                        .kind());
    }
}
