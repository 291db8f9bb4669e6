package io.prontuario.ha.zookeeper;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.LocalEnsemble;
import io.prontuario.ha.testing.Records;
import io.prontuario.ha.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store by TLS and as somebody, against real servers; and others, who must not get at it. */
class SecuredStoreIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** A busy machine must not cost the session. */
    private static final Duration PATIENT = Duration.ofSeconds(8);
    /** How long a refusal is taken for a disturbance. */
    private static final Duration REFUSAL = Duration.ofSeconds(2);

    private static final Emergency EMERGENCY = new Emergency(
            "emergency-1",
            TransitionKind.EMERGENCY,
            EmergencyPhase.ASKED,
            "cluster-0001",
            2,
            "both machines are lost",
            "",
            false,
            Instant.EPOCH,
            "");

    private final String cluster = "secured-" + UUID.randomUUID().toString().substring(0, 8);
    private static final String SECRET = "kept-to-ourselves";

    @TempDir
    static Path folder;

    private static TestAuthority authority;
    private static LocalEnsemble ensemble;

    private final List<ZooKeeperStore> opened = new ArrayList<>();

    @BeforeAll
    static void startServers() {
        authority = TestAuthority.in(folder);
        ensemble = LocalEnsemble.startWithTls(
                folder, authority.keyAndCertificateOf("127.0.0.1"), authority.certificate(), Duration.ofMinutes(2));
    }

    @AfterAll
    static void endServers() {
        if (ensemble != null) {
            ensemble.close();
        }
    }

    @AfterEach
    void closeStores() {
        opened.forEach(ZooKeeperStore::close);
    }

    private ZooKeeperStore store(String servers, ZooKeeperAccess access) {
        ZooKeeperStore store =
                ZooKeeperStore.connect(servers).withSessionTime(PATIENT).withAccess(access);
        opened.add(store);
        store.start(cluster, new NodeName("node-" + opened.size()), () -> {});
        return store;
    }

    private ZooKeeperStore connected(String servers, ZooKeeperAccess access) {
        ZooKeeperStore store = store(servers, access);
        await().atMost(LIMIT).until(() -> store.health() == StoreHealth.CONNECTED);
        return store;
    }

    @Test
    void whoHasNameAndPasswordWorksByTlsAndNobodyElseReadsOrChangesAnything() throws Exception {
        String servers = ensemble.secureConnectString();
        ZooKeeperAccess ours =
                ZooKeeperAccess.OPEN.withTls(authority.certificate()).withDigest("prontuario", SECRET);
        ZooKeeperStore store = connected(servers, ours);

        await().atMost(LIMIT).until(() -> store.create(Records.state(1), LIMIT) != WriteOutcome.UNKNOWN);
        store.campaign(true);
        await().atMost(LIMIT).until(() -> store.leadership().isPresent());
        Versioned first = store.read(LIMIT).orElseThrow();
        // Again, should an answer be late or the session be lost and its term with it.
        await().atMost(LIMIT).until(() -> {
            Versioned now = store.read(LIMIT).orElseThrow();
            return store.leadership()
                    .filter(term -> store.compareAndSet(now, Records.state(2), term, LIMIT) == WriteOutcome.DONE)
                    .isPresent();
        });
        store.publish(Records.status(new NodeName("node-1"), "seen"), true);
        store.append(
                List.of(new AuditEntry(Instant.EPOCH, "node-1", AuditEntry.Kind.STEP, "promoted", "because", "")),
                LIMIT);
        await().atMost(LIMIT)
                .until(() -> store.compareAndSetEmergency(null, EMERGENCY, null, LIMIT) == WriteOutcome.DONE
                        || store.emergency(LIMIT).isPresent());
        ZooKeeperStore second = connected(servers, ours);
        await().atMost(LIMIT).until(() -> second.nodes().containsKey(new NodeName("node-1")));

        for (ZooKeeperAccess wrong : List.of(
                ZooKeeperAccess.OPEN.withTls(authority.certificate()),
                ZooKeeperAccess.OPEN.withTls(authority.certificate()).withDigest("prontuario", SECRET + "2"))) {
            ZooKeeperStore stranger = connected(servers, wrong);
            assertThrows(StoreUnavailableException.class, () -> stranger.read(REFUSAL));
            assertThrows(StoreUnavailableException.class, () -> stranger.emergency(REFUSAL));
            assertNotEquals(WriteOutcome.DONE, stranger.compareAndSet(first, Records.state(3), null, REFUSAL));
        }
        assertEquals(2, store.read(LIMIT).orElseThrow().state().epoch());
        assertEverythingIsOurs();
        assertTrue(!ours.toString().contains(SECRET), ours::toString);
    }

    /** By the plain port, which the laboratory keeps to see who leads. */
    @SuppressWarnings("try") // closing may be interrupted, which fails the test like anything else here
    private void assertEverythingIsOurs() throws Exception {
        try (ZooKeeper hand = new ZooKeeper(ensemble.connectString(), 5000, event -> {})) {
            hand.addAuthInfo("digest", ("prontuario:" + SECRET).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            List<String> open = new ArrayList<>();
            look(hand, "/prontuario/" + cluster, open);
            assertEquals(List.of(), open);
        }
    }

    private static void look(ZooKeeper hand, String path, List<String> open) throws Exception {
        try {
            for (ACL one : hand.getACL(path, null)) {
                if (!one.getId().getScheme().equals("digest")) {
                    open.add(path);
                }
            }
            for (String child : hand.getChildren(path, false)) {
                look(hand, path + "/" + child, open);
            }
        } catch (KeeperException.NoNodeException e) {
            // It went away meanwhile, as marks and statuses do.
            return;
        }
    }

    @Test
    void aServerWhoseCertificateNobodyVouchesForIsNotTalkedTo() {
        ZooKeeperAccess ours = ZooKeeperAccess.OPEN.withDigest("prontuario", SECRET);
        ZooKeeperStore good = connected(ensemble.secureConnectString(), ours.withTls(authority.certificate()));
        ZooKeeperStore wary = store(
                ensemble.secureConnectString(),
                ours.withTls(TestAuthority.in(folder.resolve("others")).certificate()));

        // The one that trusts them has been through a read and a write since the other one began to try.
        await().atMost(LIMIT).until(() -> good.create(Records.state(1), LIMIT) != WriteOutcome.UNKNOWN);
        await().atMost(LIMIT).until(() -> good.read(LIMIT).isPresent());
        assertThrows(StoreUnavailableException.class, () -> wary.read(Duration.ofSeconds(3)));
        assertNotEquals(StoreHealth.CONNECTED, wary.health());
    }
}
