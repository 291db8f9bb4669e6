package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class OldWorkersTest {
    private static final String PROCESSES_OF_2_6 = """
            #<PID>          <type>          <reloads>       <uptime>        <version>
            2159            master          2 [failed: 0]   0d00h00m05s     2.6.12-1+deb12u4
            # workers
            2331            worker          0               0d00h00m01s     2.6.12-1+deb12u4
            # old workers
            2292            worker          1               0d00h00m03s     2.6.12-1+deb12u4
            2162            worker          2               0d00h00m05s     2.6.12-1+deb12u4
            # programs

            """;

    /** With a relative PID more, and a program that a reload has left behind. */
    private static final String PROCESSES_OF_2_4 = """
            #<PID>          <type>          <relative PID>  <reloads>       <uptime>        <version>
            1162            master          0               5               0d00h02m07s     2.4.22
            # workers
            1271            worker          1               0               0d00h00m00s     2.4.22
            # old workers
            1233            worker          [was: 1]        3               0d00h00m43s     2.4.22
            # programs
            1244            foo             -               0               0d00h00m00s     -
            # old programs
            1240            bar             -               1               0d00h00m44s     -

            """;

    private static final String SESSIONS_OF_2_6 = """
            0x55a0c5e624f0: proto=tcpv4 src=127.0.0.1:52080 fe=pg_clients be=pg srv=one ts=00 epoch=0 age=3s calls=3 rate=0 exp=59m57s rc=0
            0x55a0c5e624f1: proto=tcpv4 src=127.0.0.1:52081 fe=pg_clients be=pg srv=two ts=00 epoch=0 age=3s calls=3 rate=0 exp=59m57s rc=0
            0x55a0c5e624f2: proto=tcpv4 src=127.0.0.1:52082 fe=web be=pages srv=one ts=00 epoch=0 age=3s calls=3 rate=0 exp=59m57s rc=0
            0x55a0c5fb63b0: proto=sockpair src=unix:4 fe=GLOBAL be=<NONE> srv=<none> ts=00 epoch=0 age=0s calls=1 rate=0 exp= rc=0 c_exp=

            """;

    @Test
    void findsTheOldWorkersAlone() {
        assertEquals(List.of("2292", "2162"), OldWorkers.processes(PROCESSES_OF_2_6));
        assertEquals(List.of("1233"), OldWorkers.processes(PROCESSES_OF_2_4));
        assertEquals(List.of(), OldWorkers.processes("\n"));
    }

    @Test
    void findsTheSessionsOfTheseServersInThisBackendAlone() {
        assertEquals(List.of("0x55a0c5e624f0"), OldWorkers.sessions(SESSIONS_OF_2_6, "pg", List.of("one")));
        assertEquals(
                List.of("0x55a0c5e624f0", "0x55a0c5e624f1"),
                OldWorkers.sessions(SESSIONS_OF_2_6, "pg", List.of("one", "two")));
        assertEquals(List.of(), OldWorkers.sessions(SESSIONS_OF_2_6, "pg", List.of("three")));
    }
}
