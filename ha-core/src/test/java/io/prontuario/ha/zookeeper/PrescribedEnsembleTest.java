package io.prontuario.ha.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.zookeeper.PrescribedEnsemble.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PrescribedEnsembleTest {
    private final PrescribedEnsemble ensemble = new PrescribedEnsemble(List.of(
            new Member(1, "studio-1", 2181, 2888, 3888),
            new Member(2, "studio-2", 2181, 2888, 3888),
            new Member(3, "balancer", 2181, 2888, 3888)));

    private static Map<String, String> prescribed() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("tickTime", "200");
        settings.put("syncLimit", "4");
        settings.put("initLimit", "20");
        settings.put("minSessionTimeout", "1000");
        settings.put("maxSessionTimeout", "10000");
        settings.put("dataDir", "/a/version-2");
        settings.put("dataLogDir", "/b/version-2");
        settings.put("server.1", "studio-1:2888:3888:participant;0.0.0.0:2181");
        settings.put("server.2", "studio-2:2888:3888:participant;0.0.0.0:2181");
        settings.put("server.3", "balancer:2888:3888:participant;0.0.0.0:2181");
        return settings;
    }

    @Test
    void rendersEveryMember() {
        String text = ensemble.configuration(2, Path.of("/var/zk"), Path.of("/fast/zk"));
        assertTrue(text.contains("\ntickTime=200\n"), text);
        assertTrue(text.contains("\nsyncLimit=4\n"), text);
        assertTrue(text.contains("\nclientPortAddress=studio-2\n"), text);
        assertTrue(text.contains("\ndataLogDir=/fast/zk\n"), text);
        assertTrue(text.contains("\nserver.3=balancer:2888:3888\n"), text);
        assertEquals("studio-1:2181,studio-2:2181,balancer:2181", ensemble.connectString());
    }

    @Test
    void refusesTwoVoters() {
        List<Member> two = ensemble.members().subList(0, 2);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new PrescribedEnsemble(two))
                .getMessage()
                .contains("use 3 or 5"));
    }

    @Test
    void refusesTwoServersWithOneId() {
        Member first = ensemble.members().get(0);
        List<Member> doubled = List.of(first, first, ensemble.members().get(1));
        assertThrows(IllegalArgumentException.class, () -> new PrescribedEnsemble(doubled));
    }

    @Test
    void findsNothingWrongWithThePrescription() {
        assertEquals(List.of(), PrescribedEnsemble.deviations(prescribed()));
    }

    @Test
    void namesWhatTheUsualDefaultsCost() {
        Map<String, String> settings = prescribed();
        settings.put("tickTime", "2000");
        settings.put("syncLimit", "5");
        settings.put("minSessionTimeout", "4000");
        settings.put("dataLogDir", "/a/version-2");
        settings.remove("server.3");
        List<String> found = PrescribedEnsemble.deviations(settings);
        assertEquals(5, found.size(), found.toString());
        assertTrue(found.get(0).startsWith("tickTime is 2000 ms"), found.toString());
        assertTrue(found.get(1).contains("10000 ms"), found.toString());
    }

    @Test
    void saysWhichSettingTheServerDidNotTell() {
        Map<String, String> settings = prescribed();
        settings.remove("syncLimit");
        assertTrue(PrescribedEnsemble.deviations(settings).get(0).startsWith("syncLimit is not told"));
    }

    @Test
    void rendersWhatAMemberNeedsToSpeakTls() {
        String text = PrescribedEnsemble.tls(2281, Path.of("/etc/zk/server.pem"), Path.of("/etc/zk/ca.pem"));
        assertTrue(text.contains("secureClientPort=2281\n"), text);
        assertTrue(text.contains("\nssl.quorum.keyStore.location=/etc/zk/server.pem\n"), text);
        assertTrue(text.contains("\nsslQuorum=true\n"), text);
    }

    @Test
    void aNameWithoutAPasswordIsNobody() {
        assertThrows(IllegalArgumentException.class, () -> ZooKeeperAccess.OPEN.withDigest("prontuario", ""));
        assertThrows(IllegalArgumentException.class, () -> ZooKeeperAccess.OPEN.withDigest("a:b", "secret"));
    }
}
