package io.prontuario.ha.examples.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.Leaving;
import io.prontuario.ha.gcp.GcpEndpoints;
import io.prontuario.ha.haproxy.RuntimeAddress;
import io.prontuario.ha.model.DataSize;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.postgres.pool.PoolSettings;
import io.prontuario.ha.spi.HealthCheck;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person is told about a wrong file: the line, the key, what is wrong, and what to write instead. */
class NodeConfigTest {
    private static final String DATA_NODE = """
            cluster: medical-records
            node: studio-1
            role: data
            store: studio-1:2181,studio-2:2181,lb:2181
            http: 192.0.2.10:8008
            state: /var/lib/prontuario
            postgres:
              data: /var/lib/postgresql/ha
              account: postgres
              user: agent
              networks: [ 127.0.0.1/32 ]
              settings:
                - max_connections = 300
              servers:
                studio-1: 192.0.2.10:5432
                studio-2: 192.0.2.11:5432
            haproxy:
              proxies: [ "tcp:192.0.2.100:9999" ]
              backend: medical
              limit: 300ms
              servers:
                studio-1: studio-1
                studio-2: studio-2
            limits:
              suspicionTime: 2s
            """;

    private static final String PASSWORD_FILE = "/etc/prontuario/password";

    @TempDir
    Path folder;

    @Test
    void readsWherePeopleActAndNamesAWeakTokenAndOneThatOthersCouldRead() throws IOException {
        Path good = Files.writeString(folder.resolve("token"), "0123456789abcdef01234567\n");
        NodeConfig config = read(DATA_NODE + "operators: { address: 127.0.0.1:8009, token-file: " + good + " }\n");
        assertEquals("/127.0.0.1:8009, with a token", String.valueOf(config.operators()));

        Path weak = Files.writeString(folder.resolve("weak"), "hunter2\n");
        String wrong = assertThrows(
                        ConfigException.class,
                        () -> read(DATA_NODE + "operators: { address: 192.0.2.10:8009, token-file: " + weak + " }\n"))
                .getMessage();
        assertTrue(wrong.contains("operators.address") && wrong.contains("the token has 7 characters"), wrong);
        assertTrue(wrong.contains("without TLS could be read by others"), wrong);
        assertFalse(wrong.contains("hunter2"), wrong);
    }

    @Test
    void readsWhatIsLookedAtOnTheMachine() throws IOException {
        NodeConfig config = read(DATA_NODE + """
                checks:
                  disk-space: { path: /var/lib/postgresql, at-least: 100GiB }
                  memory: { at-most: 85% }
                """);
        assertEquals(
                List.of("disk_space", "memory"),
                config.checks().stream().map(HealthCheck::name).toList());
        assertEquals(List.of(), read(DATA_NODE).checks());
    }

    @Test
    void readsWhatIsMeantToBeSoWithTheReasonAndNothingThatWouldHurt() throws IOException {
        assertEquals(
                Map.of("backups", "the storage is copied every night"),
                read(DATA_NODE + "accept: { backups: the storage is copied every night }\n")
                        .accepted());
        assertEquals(Map.of(), read(DATA_NODE).accepted());
        String wrong = assertThrows(
                        ConfigException.class, () -> read(DATA_NODE + "accept: { cloud: , replication: it is slow }\n"))
                .getMessage();
        assertTrue(wrong.contains("accept.cloud is missing; for example: cloud: why this is meant to be so"), wrong);
        assertTrue(wrong.contains("accept.replication is not a known key"), wrong);
    }

    private static final String GCP = """
            gcp:
              project: my-hospital
              image: gcr.io/my-hospital/emergency-api:1.4
              dns-zone: hospital
              dns-record: ehr.hospital.example.
              rehearsal-record: ehr-rehearsal.hospital.example.
              on-premises: [ 203.0.113.10 ]
              nodes: 3
              ttl: 30s
              emergency:
                after: 2m
                approval-time: 30m
                without-answer: go
            """;

    @Test
    void readsTheEmergencyEnvironment() throws IOException {
        GcpConfig gcp = read(DATA_NODE + GCP).gcp();
        assertEquals("my-hospital", gcp.settings().place().project());
        assertEquals("southamerica-east1-a", gcp.settings().place().zone());
        assertEquals(3, gcp.settings().pool().awake());
        assertEquals(30, gcp.settings().name().ttlSeconds());
        assertEquals(Duration.ofMinutes(2), gcp.rules().after());
        assertTrue(gcp.rules().approvalNeeded());
        assertTrue(gcp.rules().goWithoutAnswer());
        assertEquals(GcpEndpoints.GOOGLE, gcp.endpoints());
        assertNull(read(DATA_NODE).gcp());
    }

    /** All of it at once, each with its line and what to write instead. */
    @Test
    void namesEveryMistakeInTheEmergencyEnvironment() {
        List<String> wrong = violations(DATA_NODE
                + GCP.replace("project: my-hospital", "projekt: my-hospital")
                        .replace("gcr.io/my-hospital/emergency-api:1.4", "no image")
                        .replace("203.0.113.10", "site.example")
                        .replace("nodes: 3", "nodes: three")
                        .replace("ttl: 30s", "ttl: 600s")
                        .replace("after: 2m", "after: 1s")
                        .replace("without-answer: go", "without-answer: maybe"));
        String all = String.join("\n", wrong);
        for (String said : List.of(
                "gcp.projekt is not a known key; did you mean 'project'?",
                "gcp.image: 'no image' is not an image",
                "gcp.on-premises: 'site.example' is not an IPv4 address",
                "gcp.nodes is 'three', not a whole number",
                "gcp.ttl: 600, must be between 5 and 300",
                "gcp.emergency.after is 1 s, must be between 5 and 3600 s",
                "gcp.emergency.without-answer is 'maybe'; it can be stay or go")) {
            assertTrue(all.contains(said), () -> said + " is not in:\n" + all);
        }
        assertEquals(7, wrong.size(), all);
    }

    @Test
    void readsMasterSocketsAndTheIntervalOfChecks() throws IOException {
        NodeConfig config = read(DATA_NODE.replace("  limit: 300ms\n", """
                  masters:
                    "tcp:192.0.2.100:9999": "tcp:192.0.2.100:9998"
                  check-interval: 2s
                """));
        assertEquals(Duration.ofSeconds(2), config.haproxy().checkInterval());
        assertEquals(
                Map.of(new RuntimeAddress("tcp:192.0.2.100:9999"), new RuntimeAddress("tcp:192.0.2.100:9998")),
                config.haproxy().masters());
        assertEquals(
                Duration.ZERO,
                read(DATA_NODE.replace("limit: 300ms", "check-interval: 0s"))
                        .haproxy()
                        .checkInterval());
    }

    @Test
    void readsAllOfARightFile() throws IOException {
        NodeConfig config = read(DATA_NODE);
        assertEquals("medical-records", config.cluster());
        assertEquals("studio-1", config.node());
        assertEquals(NodeRole.DATA, config.role());
        assertEquals("studio-1:2181,studio-2:2181,lb:2181", config.store());
        assertEquals(new InetSocketAddress("192.0.2.10", 8008), config.http());
        assertEquals(Path.of("/var/lib/prontuario"), config.stateFolder());
        assertEquals(Path.of("/var/lib/postgresql/ha"), config.postgres().data());
        assertEquals("postgres", config.postgres().account());
        assertEquals("agent", config.postgres().credentials().user());
        assertEquals(List.of("127.0.0.1/32"), config.postgres().managed().networks());
        assertEquals(
                List.of("max_connections = 300"), config.postgres().managed().extra());
        assertEquals(
                Map.of(
                        new NodeName("studio-1"), PostgresAddress.parse("192.0.2.10:5432"),
                        new NodeName("studio-2"), PostgresAddress.parse("192.0.2.11:5432")),
                config.postgres().servers());
        assertEquals("medical", config.haproxy().backend());
        assertEquals(Duration.ofMillis(300), config.haproxy().limit());
        assertEquals(Duration.ofSeconds(2), config.limits().suspicionTime());
        assertEquals(Limits.DEFAULT.sessionTime(), config.limits().sessionTime());
    }

    @Test
    void aDataNodeRemembersBesideItsDataDirectory() throws IOException {
        NodeConfig config = read(DATA_NODE.replace("state: /var/lib/prontuario\n", ""));
        assertEquals(Path.of("/var/lib/postgresql/ha.ha"), config.stateFolder());
    }

    @Test
    void readsWhatANodeIsGoodFor() throws IOException {
        assertEquals(NodeTags.USUAL, read(DATA_NODE).tags());
        assertEquals(
                new NodeTags(false, 250, true),
                read(DATA_NODE + "tags: { priority: 250, noReads: true, noFailover: false }\n")
                        .tags());
        assertEquals(
                new NodeTags(true, NodeTags.USUAL.priority(), false),
                read(DATA_NODE + "tags: { noFailover: true }\n").tags());
    }

    @Test
    void readsWhoFences() throws IOException {
        assertEquals(null, read(DATA_NODE).fencing());
        Fencing usual = read(DATA_NODE + "fencer: { command: [/bin/sh, -c, exit 1], limit: 2s }\n")
                .fencing();
        assertEquals("command /bin/sh", String.valueOf(usual.fencer()));
        assertEquals(DataSize.mebibytes(1), usual.maxLag());
        assertEquals(
                DataSize.mebibytes(16),
                read(DATA_NODE + "fencer: { command: [/bin/sh], max-lag: 16MiB }\n")
                        .fencing()
                        .maxLag());
    }

    @Test
    void aNodeStaysWhenItLeavesUnlessItSaysOtherwise() throws IOException {
        assertEquals(Leaving.STAY, read(DATA_NODE).leaving());
        assertEquals(Leaving.STAY, read(DATA_NODE + "leaving: stay\n").leaving());
        assertEquals(
                Leaving.SWITCH_OVER, read(DATA_NODE + "leaving: switch-over\n").leaving());
    }

    @Test
    void aNodeIsADataNodeUnlessItSaysOtherwise() throws IOException {
        assertEquals(NodeRole.DATA, read(DATA_NODE.replace("role: data\n", "")).role());
    }

    @Test
    void readsAsWhomAndHowTheStoreIsReachedAndTellsNoPassword() throws IOException {
        Path secret = Files.writeString(folder.resolve("zookeeper"), "kept-to-ourselves\n");
        Path authorities = Files.writeString(folder.resolve("ca.pem"), "");
        NodeConfig config = read(DATA_NODE + """
                store-access:
                  user: prontuario
                  password-file: %s
                  root-certificate: %s
                """.formatted(secret, authorities));

        assertEquals("as prontuario by TLS", config.access().toString());
        assertFalse(config.toString().contains("kept-to-ourselves"));
        assertEquals("as anybody", read(DATA_NODE).access().toString());
    }

    @Test
    void saysWhatIsMissingOfAnAccess() throws IOException {
        String said = String.join("\n", violations(DATA_NODE + """
                store-access:
                  user: prontuario
                  key-and-certificate: /nowhere/node.pem
                """));
        assertTrue(said.contains("store-access.password-file is missing"), said);
        assertTrue(said.contains("store-access.key-and-certificate is '/nowhere/node.pem', which is not there"), said);
    }

    @Test
    void aPasswordComesFromTheEnvironmentOrFromAFileAndNotFromBoth() throws IOException {
        // Whatever it holds; on every machine that runs a build it is set.
        assertEquals(
                System.getenv("PATH").strip(),
                read(DATA_NODE.replace("user: agent", "password-variable: PATH"))
                        .postgres()
                        .credentials()
                        .password());
        String unset =
                String.join("\n", violations(DATA_NODE.replace("user: agent", "password-variable: NO_SUCH_SECRET")));
        assertTrue(unset.contains("no such variable is set in the environment"), unset);
        Path secret = Files.writeString(folder.resolve("secret"), "correct horse\n");
        String both = String.join(
                "\n",
                violations(DATA_NODE.replace("user: agent", "password-variable: PATH\n  password-file: " + secret)));
        assertTrue(both.contains("is given beside password-file"), both);
    }

    @Test
    void readsThePasswordFromItsFile() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "correct horse\n");
        NodeConfig config = read(DATA_NODE.replace("user: agent", "password-file: " + secret));
        assertEquals("correct horse", config.postgres().credentials().password());
    }

    @ParameterizedTest
    @MethodSource
    void readsDurations(String text, Duration expected) throws IOException {
        assertEquals(
                expected,
                read(DATA_NODE.replace("suspicionTime: 2s", "promotionTimeout: " + text))
                        .limits()
                        .promotionTimeout());
    }

    static Stream<Arguments> readsDurations() {
        return Stream.of(
                Arguments.of("1500ms", Duration.ofMillis(1500)),
                Arguments.of("10 s", Duration.ofSeconds(10)),
                Arguments.of("5m", Duration.ofMinutes(5)));
    }

    /** One right file, one change to it, and everything that is said then. */
    @ParameterizedTest(name = "{0} becomes {1}")
    @MethodSource
    void saysWhatIsWrongWhereAndWhatToWrite(String instead, String text, List<String> expected) throws IOException {
        assertTrue(DATA_NODE.contains(instead), () -> "the right file has no '" + instead + "'");
        assertEquals(String.join("\n", expected), String.join("\n", violations(DATA_NODE.replace(instead, text))));
    }

    static Stream<Arguments> saysWhatIsWrongWhereAndWhatToWrite() {
        return Stream.of(
                wrong(
                        "cluster: medical-records\n",
                        "",
                        "line 1: cluster is missing; for example: cluster: medical-records"),
                wrong(
                        "cluster: medical-records",
                        "cluster: Medical Records",
                        "line 1: cluster is 'Medical Records', must be 1 to 40 characters of a-z, 0-9 and '-'"),
                wrong(
                        "cluster: medical-records",
                        "clustr: medical-records",
                        "line 1: clustr is not a known key; did you mean 'cluster'?"),
                wrong(
                        "cluster: medical-records",
                        "cluster:",
                        "line 1: cluster is missing; for example: cluster: medical-records"),
                wrong("cluster: medical-records", "cluster: [ a, b ]", "line 1: cluster must be a single value"),
                wrong("cluster: medical-records", "cluster: { a: b }", "line 1: cluster must be a single value"),
                wrong("node: studio-1\n", "", "line 1: node is missing; for example: node: studio-1"),
                wrong(
                        "node: studio-1",
                        "node: Studio_1",
                        "line 2: node: node name 'Studio_1' must be 1 to 40 characters of a-z, 0-9 and '-'; choose another name"),
                wrong(
                        "node: studio-1",
                        "node: studio-3",
                        "line 14: postgres.servers: no address for this node, studio-3: add it"),
                wrong("role: data", "role: primary", "line 3: role is 'primary'; it can be data, witness or client"),
                wrong("role: data", "role:", "line 3: role is empty: give it a value or leave it out"),
                wrong(
                        "role: data",
                        "role: witness",
                        "line 8: postgres.data is given although role is witness: a witness has no server"),
                wrong(
                        "role: data\n",
                        "role: witness\nfoo: bar\n",
                        "line 4: foo is not a known key; known keys: cluster, node, role, store, store-access, http, state, postgres, haproxy, pool, gcp, limits, leaving, tags, checks, operators, fencer, accept",
                        "line 9: postgres.data is given although role is witness: a witness has no server"),
                wrong(
                        "store: studio-1:2181,studio-2:2181,lb:2181",
                        "store: studio-1:2181, studio-2:2181",
                        "line 4: store is 'studio-1:2181, studio-2:2181', where ' studio-2:2181' is not host:port; write it like studio-1:2181,studio-2:2181,lb:2181"),
                wrong(
                        "store: studio-1:2181,studio-2:2181,lb:2181",
                        "store: studio-1,studio-2:2181",
                        "line 4: store is 'studio-1,studio-2:2181', where 'studio-1' is not host:port; write it like studio-1:2181,studio-2:2181,lb:2181"),
                wrong(
                        "store: studio-1:2181,studio-2:2181,lb:2181",
                        "store: [ a:2181, b:2181 ]",
                        "line 4: store must be a single value"),
                wrong(
                        "http: 192.0.2.10:8008",
                        "http: 8008",
                        "line 5: http is '8008', expected host:port, such as 192.0.2.10:8008"),
                wrong(
                        "http: 192.0.2.10:8008",
                        "http: 192.0.2.10",
                        "line 5: http is '192.0.2.10', expected host:port, such as 192.0.2.10:8008"),
                wrong(
                        "http: 192.0.2.10:8008",
                        "http: 192.0.2.10:99999",
                        "line 5: http is '192.0.2.10:99999', expected host:port, such as 192.0.2.10:8008"),
                wrong(
                        "http: 192.0.2.10:8008",
                        "http: 192.0.2.10:http",
                        "line 5: http is '192.0.2.10:http', expected host:port, such as 192.0.2.10:8008"),
                wrong(
                        "state: /var/lib/prontuario",
                        "state: var/lib",
                        "line 6: state is 'var/lib', a relative path: give it from the root"),
                wrong(
                        "state: /var/lib/prontuario",
                        "state: ~/ha",
                        "line 6: state is '~/ha', a relative path: give it from the root"),
                wrong(
                        "state: /var/lib/prontuario",
                        "state:",
                        "line 6: state is empty: give it a value or leave it out"),
                wrong(
                        "  data: /var/lib/postgresql/ha\n",
                        "",
                        "line 7: postgres.data is missing; a data node needs its data directory; for example: data: /var/lib/postgresql/ha"),
                wrong(
                        "data: /var/lib/postgresql/ha",
                        "data: ha",
                        "line 8: postgres.data is 'ha', a relative path: give it from the root"),
                wrong(
                        "account: postgres",
                        "acount: postgres",
                        "line 9: postgres.acount is not a known key; did you mean 'account'?"),
                wrong(
                        "account: postgres",
                        "passwordFile: /x",
                        "line 9: postgres.passwordFile is not a known key; did you mean 'password-file'?"),
                wrong(
                        "account: postgres",
                        "password-file: /nowhere/password",
                        "line 9: postgres.password-file is '/nowhere/password', which cannot be read (NoSuchFileException): write the password into it, mode 600"),
                wrong(
                        "account: postgres",
                        "password-file: secret",
                        "line 9: postgres.password-file is 'secret', a relative path: give it from the root"),
                wrong("user: agent", "user: an agent", "line 10: postgres.user: 'an agent' is not a role name"),
                wrong("user: agent", "user:", "line 10: postgres.user is empty: give it a value or leave it out"),
                wrong(
                        "user: agent",
                        "password: x",
                        "line 10: postgres.password is not a known key; did you mean 'password-file'?"),
                wrong(
                        "networks: [ 127.0.0.1/32 ]",
                        "networks: [ 192.0.2.0/24 ]",
                        "line 7: postgres.password-file: missing although networks [192.0.2.0/24] go beyond loopback: set one"),
                wrong(
                        "networks: [ 127.0.0.1/32 ]",
                        "networks: [ 127.0.0.1 ]",
                        "line 11: postgres.networks: '127.0.0.1' has no mask; write 127.0.0.1/32 for this address alone"),
                wrong(
                        "networks: [ 127.0.0.1/32 ]",
                        "networks: { a: b }",
                        "line 11: postgres.networks must be a list of single values"),
                wrong(
                        "networks: [ 127.0.0.1/32 ]",
                        "networks:",
                        "line 11: postgres.networks is empty: give it a value or leave it out"),
                wrong(
                        "networks: [ 127.0.0.1/32 ]",
                        "networks: [ [ 127.0.0.1/32 ] ]",
                        "line 11: postgres.networks must be a list of single values"),
                wrong(
                        "    - max_connections = 300",
                        "    - max_connections: 300",
                        "line 13: postgres.settings must be a list of single values"),
                wrong(
                        "    studio-1: 192.0.2.10:5432\n",
                        "",
                        "line 14: postgres.servers: no address for this node, studio-1: add it",
                        "line 21: haproxy.servers.studio-1 is not in postgres.servers, which has studio-2"),
                wrong(
                        "studio-1: 192.0.2.10:5432",
                        "studio-1: 192.0.2.10",
                        "line 15: postgres.servers.studio-1: '192.0.2.10' is not an address: expected host:port, such as 192.0.2.10:5432"),
                wrong(
                        "studio-1: 192.0.2.10:5432",
                        "studio-1: 192.0.2.10:99999",
                        "line 15: postgres.servers.studio-1: PostgreSQL address 192.0.2.10:99999 must be host:port with port 1 to 65535"),
                wrong(
                        "studio-1: 192.0.2.10:5432",
                        "Studio_1: 192.0.2.10:5432",
                        "line 15: postgres.servers.Studio_1: node name 'Studio_1' must be 1 to 40 characters of a-z, 0-9 and '-'; choose another name"),
                wrong(
                        "studio-2: 192.0.2.11:5432",
                        "studio-2: [ 192.0.2.11:5432 ]",
                        "line 16: postgres.servers.studio-2 must be a single value"),
                wrong(
                        "studio-2: 192.0.2.11:5432",
                        "studio-1: 192.0.2.11:5432",
                        "line 16: postgres.servers.studio-1 stands in line 15 already; keep one of them",
                        "line 23: haproxy.servers.studio-2 is not in postgres.servers, which has studio-1"),
                wrong(
                        "  servers:\n    studio-1: 192.0.2.10:5432\n    studio-2: 192.0.2.11:5432\n",
                        "  servers: 192.0.2.10:5432\n",
                        "line 14: postgres.servers must be a mapping of keys to values"),
                wrong(
                        "  servers:\n    studio-1: 192.0.2.10:5432\n    studio-2: 192.0.2.11:5432\n",
                        "",
                        "line 7: postgres.servers is missing; give the address of each data node's server, such as studio-1: 192.0.2.10:5432"),
                wrong(
                        "  servers:\n    studio-1: 192.0.2.10:5432\n    studio-2: 192.0.2.11:5432\n",
                        "  servers:\n",
                        "line 14: postgres.servers is missing; give the address of each data node's server, such as studio-1: 192.0.2.10:5432"),
                wrong(
                        "proxies: [ \"tcp:192.0.2.100:9999\" ]",
                        "proxies: [ 192.0.2.100:9999 ]",
                        "line 18: haproxy.proxies: '192.0.2.100:9999' is not a runtime API address: expected unix:/path/to/socket or tcp:host:port"),
                wrong(
                        "  proxies: [ \"tcp:192.0.2.100:9999\" ]\n",
                        "",
                        "line 17: haproxy.proxies: empty: give the runtime API of each proxy, such as unix:/run/haproxy/admin.sock"),
                wrong("  backend: medical\n", "", "line 17: haproxy.backend is missing; for example: backend: medical"),
                wrong(
                        "backend: medical",
                        "backend: my medical",
                        "line 19: haproxy.backend: 'my medical' is not a backend name"),
                wrong(
                        "limit: 300ms",
                        "limit: 300",
                        "line 20: haproxy.limit is '300', not a duration; write for example 500ms, 2s or 5m"),
                wrong(
                        "limit: 300ms",
                        "checkInterval: 1s",
                        "line 20: haproxy.checkInterval is not a known key; did you mean 'check-interval'?"),
                wrong(
                        "limit: 300ms",
                        "check-interval: 5ms",
                        "line 20: haproxy.check-interval: 5 ms, must be between 10 and 60000 ms"),
                wrong(
                        "limit: 300ms",
                        "masters: { \"tcp:192.0.2.100:9998\": \"unix:/run/master.sock\" }",
                        "line 20: haproxy.masters: 'tcp:192.0.2.100:9998' is none of the proxies"),
                wrong(
                        "limit: 300ms",
                        "masters: { \"tcp:192.0.2.100:9999\": \"/run/master.sock\" }",
                        "line 20: haproxy.masters: '/run/master.sock' is not a runtime API address: expected"
                                + " unix:/path/to/socket or tcp:host:port"),
                wrong("limit: 300ms", "limit: 5ms", "line 20: haproxy.limit: 5 ms, must be between 10 and 2000 ms"),
                wrong(
                        "    studio-2: studio-2\n",
                        "",
                        "line 21: haproxy.servers: no server for studio-2: traffic could not follow it there"),
                wrong(
                        "    studio-2: studio-2\n",
                        "    studio2: studio-2\n",
                        "line 21: haproxy.servers: no server for studio-2: traffic could not follow it there",
                        "line 23: haproxy.servers.studio2 is not in postgres.servers, which has studio-1, studio-2"),
                wrong(
                        "    studio-2: studio-2\n",
                        "    studio-2: studio 2\n",
                        "line 21: haproxy.servers: 'studio 2' of studio-2 is not a server name"),
                wrong(
                        "  suspicionTime: 2s\n",
                        "  suspicionTime: 2s\nchecks:\n  disk-space: { path: here, at-least: much }\n  memory: { at-most: 0.85 }\n",
                        "line 27: checks.disk-space.path is 'here', a relative path: give it from the root",
                        "line 27: checks.disk-space.at-least is 'much', not a size; write for example 500MiB or 100GiB",
                        "line 28: checks.memory.at-most is '0.85', not 1% to 100%; write for example 85%"),
                wrong(
                        "  suspicionTime: 2s\n",
                        "  suspicionTime: 2s\nchecks:\n  disk: 100GiB\n  memory:\n",
                        "line 27: checks.disk is not a known key; did you mean 'disk-space'?",
                        "line 28: checks.memory.at-most is missing; for example: at-most: 85%"),
                wrong(
                        "suspicionTime: 2s",
                        "suspicion-time: 2s",
                        "line 25: limits.suspicion-time is not a known key; did you mean 'suspicionTime'?"),
                wrong(
                        "suspicionTime: 2s",
                        "suspicion: 2s",
                        "line 25: limits.suspicion is not a known key; did you mean 'suspicionTime'?"),
                wrong(
                        "suspicionTime: 2s",
                        "suspicionTime: 2",
                        "line 25: limits.suspicionTime is '2', not a duration; write for example 500ms, 2s or 5m"),
                wrong(
                        "suspicionTime: 2s",
                        "suspicionTime: 1.5s",
                        "line 25: limits.suspicionTime is '1.5s', not a duration; write for example 500ms, 2s or 5m"),
                wrong(
                        "suspicionTime: 2s",
                        "suspicionTime: -1s",
                        "line 25: limits.suspicionTime is '-1s', not a duration; write for example 500ms, 2s or 5m"),
                wrong(
                        "suspicionTime: 2s",
                        "suspicionTime: 5ms",
                        "line 25: limits.suspicionTime is 5 ms, must be between 200 and 60000 ms"),
                wrong(
                        "suspicionTime: 2s",
                        "suspicionTime: 99999999999999999999s",
                        "line 25: limits.suspicionTime is '99999999999999999999s', not a duration; write for example 500ms, 2s or 5m"),
                wrong(
                        "suspicionTime: 2s",
                        "timeout: 2s",
                        "line 25: limits.timeout is not a known key; known keys: suspicionTime, standbyTimeout, reconnectGrace, promotionTimeout, restartGrace, recertifyPause, sessionTime"),
                wrong(
                        "suspicionTime: 2s",
                        "suspicionTime: 2h\n  sessionTime: 1ms",
                        "line 25: limits.suspicionTime is 7200000 ms, must be between 200 and 60000 ms",
                        "line 26: limits.sessionTime is 1 ms, must be between 500 and 60000 ms"),
                wrong(
                        "suspicionTime: 2s",
                        "restartGrace: 1s\n  reconnectGrace: 2s",
                        "line 25: limits.restartGrace is 1000 ms, must be at least sessionTime, 2000 ms: the server would be restarted before anybody could have taken over",
                        "line 26: limits.reconnectGrace is 2000 ms, must be at most standbyTimeout, 1000 ms: a standby that is gone is not waited for longer than one that is there"),
                wrong(
                        "limits:\n  suspicionTime: 2s\n",
                        "fencer: { command: [/bin/false], max-lag: some }\n",
                        "line 24: fencer.max-lag is 'some', not a size; write for example 500MiB or 100GiB"),
                wrong(
                        "limits:\n  suspicionTime: 2s\n",
                        "fencer: { command: [fence] }\n",
                        "line 24: fencer.command is refused: fence must be the absolute path of a program that this account may execute"),
                wrong(
                        "limits:\n  suspicionTime: 2s\n",
                        "leaving: switchover\n",
                        "line 24: leaving is 'switchover'; it can be stay or switch-over"),
                wrong(
                        "limits:\n  suspicionTime: 2s\n",
                        "tags: { nofailover: true, priority: 0, noReads: yes }\n",
                        "line 24: tags.nofailover is not a known key; did you mean 'noFailover'?",
                        "line 24: tags.priority is 0, must be 1 to 1000; who must never take over is noFailover: true",
                        "line 24: tags.noReads is 'yes', must be true or false"),
                wrong(
                        "limits:\n  suspicionTime: 2s\n",
                        "tags: { noFailover: true, priority: 5 }\n",
                        "line 24: tags.priority is given beside noFailover: whoever never takes over is never preferred"),
                wrong(
                        "limits:\n  suspicionTime: 2s\n",
                        "limits: 2s\n",
                        "line 24: limits must be a mapping of keys to values"),
                wrong(
                        "limits:\n  suspicionTime: 2s\n",
                        "limit:\n  suspicionTime: 2s\n",
                        "line 24: limit is not a known key; did you mean 'limits'?"),
                wrong(
                        "limits:\n",
                        "limits: {}\nlimits:\n",
                        "line 25: limits stands in line 24 already; keep one of them"),
                wrong(
                        "node: studio-1",
                        "node: studio-1\nnode: studio-2",
                        "line 3: node stands in line 2 already; keep one of them"),
                wrong(
                        "role: data",
                        "\trole: data",
                        "line 3: is not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
                wrong("role: data", "role: data: x", "line 3: is not YAML: mapping values are not allowed here"),
                wrong("role: data", "role: \"data", "line 18: is not YAML: expected <block end>, but found '<scalar>'"),
                wrong("role: data", "? [a]\n: b", "line 3: the file has a key that is not a word"),
                wrong(
                        "  data: /var/lib/postgresql/ha",
                        "\tdata: /var/lib/postgresql/ha",
                        "line 8: is not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
                wrong(
                        "postgres:\n",
                        "postgres:\n   x: y\n",
                        "line 9: is not YAML: expected <block end>, but found '<block mapping start>'"),
                wrong("limits:", "---\nlimits:", "line 24: is not YAML: but found another document"));
    }

    @Test
    void aWitnessNeedsAFolderToRememberIn() {
        String witness = DATA_NODE
                .replace("role: data", "role: witness")
                .replace("  data: /var/lib/postgresql/ha\n", "")
                .replace("state: /var/lib/prontuario\n", "");
        assertEquals(
                List.of(
                        "line 1: state is missing; a witness needs a folder to remember in; for example: state: /var/lib/prontuario"),
                violations(witness));
    }

    private static final String CLIENT = """
            cluster: medical-records
            node: emr-1
            role: client
            store: studio-1:2181,studio-2:2181,lb:2181
            http: 192.0.2.20:8008
            state: /var/lib/emr/prontuario
            postgres:
              servers:
                studio-1: 192.0.2.10:5432
                studio-2: 192.0.2.11:5432
            pool:
              database: medical_records
              user: emr
              size: 20
              patience: 45s
              hold-limit: 15s
              staleness: 2s
            """;

    @Test
    void aClientIsAPartOfAnApplicationWithItsPool() throws IOException {
        NodeConfig config = read(CLIENT);

        assertEquals(NodeRole.CLIENT, config.role());
        PoolSettings pool = Objects.requireNonNull(config.pool());
        assertEquals(new PostgresAddress("192.0.2.11", 5432), pool.servers().get(new NodeName("studio-2")));
        assertEquals("emr on medical_records at " + pool.servers() + ", at most 20", pool.toString());
        assertEquals(Duration.ofSeconds(45), pool.patience());
        assertEquals(Duration.ofSeconds(15), pool.holdLimit());
        assertEquals(Duration.ofSeconds(2), pool.staleness());
    }

    @Test
    void tellsWhatAClientLacksAndWhatItCannotHave() {
        String wrong = CLIENT.substring(0, CLIENT.indexOf("pool:")).replace("state: /var/lib/emr/prontuario\n", "")
                + "leaving: switch-over\n"
                + "haproxy:\n  proxies: [ \"tcp:192.0.2.100:9999\" ]\n  backend: medical\n  servers:\n"
                + "    studio-1: studio-1\n    studio-2: studio-2\n";

        assertEquals(
                List.of(
                        "line 1: state is missing; a client needs a folder to remember in; for example: state: /var/lib/emr/prontuario",
                        "line 1: pool is missing; a client follows the primary with its pool; give at least pool.database and pool.user",
                        "line 10: leaving is given although role is client: a client has nothing to leave",
                        "line 11: haproxy is given although role is client: a client never switches a proxy"),
                violations(wrong));
    }

    @Test
    void tellsWhatIsWrongWithAPool() {
        String wrong = CLIENT.replace("  user: emr\n", "")
                .replace("size: 20", "size: many")
                .replace("patience: 45s", "patience: 10ms")
                .replace("hold-limit: 15s", "hold-limit: 0s");

        assertEquals(
                List.of(
                        "line 11: pool.user is missing; for example: user: emr",
                        "line 13: pool.size is 'many', not a number",
                        "line 14: pool.patience: 10 ms, must be at least 250 ms",
                        "line 15: pool.hold-limit: 0 ms, must be positive"),
                violations(wrong));
    }

    @Test
    void tellsAllThatIsWrongAtOnceInTheOrderOfTheFile() {
        assertEquals(
                List.of(
                        "line 1: cluster is 'Records', must be 1 to 40 characters of a-z, 0-9 and '-'",
                        "line 2: node: node name 'Studio_1' must be 1 to 40 characters of a-z, 0-9 and '-'; choose another name",
                        "line 3: stor is not a known key; did you mean 'store'?",
                        "line 4: http is '8008', expected host:port, such as 192.0.2.10:8008",
                        "line 6: limits.sessionTime is 'long', not a duration; write for example 500ms, 2s or 5m",
                        "line 8: postgres.dat is not a known key; did you mean 'data'?",
                        "line 10: postgres.servers.studio-1: '192.0.2.10' is not an address: expected host:port, such as 192.0.2.10:5432",
                        "line 12: haproxy.proxies: 'admin.sock' is not a runtime API address: expected unix:/path/to/socket or tcp:host:port",
                        "line 14: haproxy.servers.studio-3 is not in postgres.servers, which has studio-1"),
                violations("""
                        cluster: Records
                        node: Studio_1
                        stor: studio-1:2181
                        http: 8008
                        limits:
                          sessionTime: long
                        postgres:
                          dat: /var/lib/postgresql/ha
                          servers:
                            studio-1: 192.0.2.10
                        haproxy:
                          proxies: [ admin.sock ]
                          backend: medical
                          servers: { studio-1: a, studio-3: b }
                        """));
    }

    @Test
    void tellsAnEmptyFileWhatItNeeds() {
        assertEquals(
                List.of(
                        "line 1: cluster is missing; for example: cluster: medical-records",
                        "line 1: node is missing; for example: node: studio-1",
                        "line 1: store is missing; for example: store: studio-1:2181,studio-2:2181,lb:2181",
                        "line 1: http is missing; for example: http: 192.0.2.10:8008",
                        "line 1: postgres is missing; give at least postgres.servers"),
                violations("# nothing yet\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"- a list\n", "a word\n"})
    void refusesWhatIsNoMapping(String text) {
        assertEquals(List.of("line 1: the file must be a mapping of keys to values"), violations(text));
    }

    @Test
    void saysThatAPasswordFileIsEmpty() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "\n");
        assertEquals(
                List.of("line 10: postgres.password-file is '" + secret
                        + "', which is empty: write the password into it"),
                violations(DATA_NODE.replace("user: agent", "password-file: " + secret)));
    }

    @Test
    void neverTellsAPassword() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "correct horse\n");
        String text = DATA_NODE.replace("user: agent", "password-file: " + secret);
        assertFalse(read(text).toString().contains("correct horse"));
        assertFalse(String.join("", violations(text.replace("role: data", "role: dat")))
                .contains("correct horse"));
    }

    @Test
    void saysThatTheFileDoesNotExist() {
        Path file = folder.resolve("studio-9.yaml");
        assertRefused(file, "does not exist: give the path of a node's file with --config");
    }

    @Test
    void saysThatTheFileIsAFolder() {
        assertRefused(folder, "is a folder: give the path of a node's file with --config");
    }

    @Test
    void saysThatTheFileIsNotUtf8() throws IOException {
        Path file =
                Files.write(folder.resolve("latin.yaml"), "cluster: prontuário".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(file, "is not text in UTF-8: save it as such");
    }

    private static void assertRefused(Path file, String expected) {
        ConfigException refusal = assertThrows(ConfigException.class, () -> NodeConfig.read(file));
        assertEquals(List.of(expected), sentences(refusal));
        assertEquals(file + ": 1 violation\n  " + expected, refusal.getMessage());
    }

    /** The documented examples, but for the password, which is nobody's here. */
    @ParameterizedTest
    @ValueSource(strings = {"studio-1.yaml", "witness.yaml", "emr-1.yaml"})
    void readsTheExamples(String name) throws IOException {
        String text = Files.readString(Path.of("src", "main", "config", name));
        Path secret = Files.writeString(folder.resolve("secret"), "correct horse\n");
        assertTrue(text.contains(PASSWORD_FILE), () -> name + " does not say where the password is");
        NodeConfig config = read(text.replace(PASSWORD_FILE, secret.toString()));
        assertEquals("medical-records", config.cluster());
        assertEquals(name.replace(".yaml", ""), config.node());
        assertEquals(2, config.postgres().servers().size());
    }

    /** What is commented out in the example are keys and defaults that exist. */
    @Test
    void theExampleExplainsEveryLimitWithItsDefault() throws IOException {
        String text = Files.readString(Path.of("src", "main", "config", "studio-1.yaml"));
        String limits = text.substring(text.indexOf("#limits:"))
                .lines()
                .map(line -> line.substring(1))
                .collect(Collectors.joining("\n", "", "\n"));
        String rest = DATA_NODE.substring(0, DATA_NODE.indexOf("limits:"));
        assertEquals(Limits.DEFAULT, read(rest + limits).limits());
        for (RecordComponent limit : Limits.class.getRecordComponents()) {
            assertTrue(
                    limits.contains("  " + limit.getName() + ": "), () -> "no " + limit.getName() + " in the example");
        }
    }

    private static Arguments wrong(String instead, String text, String... expected) {
        return Arguments.of(instead, text, List.of(expected));
    }

    private NodeConfig read(String text) throws IOException {
        return NodeConfig.read(Files.writeString(folder.resolve("node.yaml"), text));
    }

    private List<String> violations(String text) {
        return sentences(assertThrows(ConfigException.class, () -> read(text)));
    }

    private static List<String> sentences(ConfigException refusal) {
        return refusal.violations().stream().map(Violation::toString).toList();
    }
}
