package io.prontuario.ha.zookeeper;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The ZooKeeper ensemble as this library wants it. Rendered, used and checked, because the usual defaults are too slow for a takeover.
 *
 * <p>Every takeover needs a write to the store. When the host that is lost carries ZooKeeper's leader, the followers notice after
 * {@code syncLimit} ticks without a word from it. Measured on three servers, leader stopped without closing its connections: with the
 * usual {@code tickTime=2000, syncLimit=5} no write succeeded for 10.4 s, with {@code tickTime=200, syncLimit=4} for 1.2 s. A tick also
 * rounds session expiry: a dead coordinator's election node lives for the session time plus up to one tick, and a server grants no
 * session shorter than two ticks by default (ZooKeeper 3.9 Administrator's Guide, "Minimum Configuration" and "Cluster Options").
 *
 * <p>The price: a server that is silent for 0.8 s (a long collection, a stalled log disk) is dropped from the quorum and has to come back.
 * Give it a disk that syncs in milliseconds and a small heap.
 *
 * @param members the voters: three or five, on machines that do not fail together
 */
public record PrescribedEnsemble(List<Member> members) {
    static final int TICK_MILLIS = 200;
    static final int SYNC_LIMIT_TICKS = 4;
    static final int INIT_LIMIT_TICKS = 20;
    static final int MIN_SESSION_MILLIS = 1000;
    static final int MAX_SESSION_MILLIS = 10_000;
    static final int CONNECT_TO_PEER_MILLIS = 500;

    /** What a node asks of the ensemble unless told otherwise. */
    public static final Duration SESSION = Duration.ofSeconds(2);

    /**
     * One voter.
     *
     * @param id its {@code myid}, 1 to 255, unique
     * @param host name or address under which clients and peers reach it
     * @param clientPort for clients
     * @param peerPort for followers
     * @param electionPort for elections
     */
    public record Member(int id, String host, int clientPort, int peerPort, int electionPort) {
        public Member {
            if (id < 1 || id > 255) {
                throw new IllegalArgumentException(
                        "id of ZooKeeper server " + host + " is " + id + ", must be 1 to 255");
            }
        }
    }

    public PrescribedEnsemble {
        members = List.copyOf(members);
        long ids = members.stream().map(Member::id).distinct().count();
        if (members.size() < 3 || members.size() % 2 == 0) {
            throw new IllegalArgumentException("an ensemble of " + members.size()
                    + " voters does not outlive the loss of any one of them better than a smaller one;"
                    + " use 3 or 5, the third one on the load balancer's host");
        }
        if (ids != members.size()) {
            throw new IllegalArgumentException("two servers of the ensemble have the same id: " + members);
        }
    }

    /** What {@link ZooKeeperStore#connect} wants. */
    public String connectString() {
        return members.stream()
                .map(member -> member.host() + ":" + member.clientPort())
                .collect(Collectors.joining(","));
    }

    /**
     * The {@code zoo.cfg} of one member. Its {@code myid} file, holding {@code id}, belongs into {@code data}.
     *
     * @param data folder for snapshots
     * @param log folder for the transaction log; every write waits for its sync, so give it the quicker disk
     */
    public String configuration(int id, Path data, Path log) {
        Member self = members.stream()
                .filter(member -> member.id() == id)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no server with id " + id + " in " + members));
        StringBuilder text = new StringBuilder(1000);
        text.append("# Rendered by Prontuario HA; why each value: PrescribedEnsemble.\n");
        text.append(lines(settings()));
        text.append("dataDir=").append(data).append('\n');
        text.append("dataLogDir=").append(log).append('\n');
        text.append("clientPort=").append(self.clientPort()).append('\n');
        text.append("clientPortAddress=").append(self.host()).append('\n');
        for (Member member : members) {
            text.append("server.").append(member.id()).append('=').append(member.host());
            text.append(':')
                    .append(member.peerPort())
                    .append(':')
                    .append(member.electionPort())
                    .append('\n');
        }
        return text.toString();
    }

    /**
     * Further lines for the {@code zoo.cfg} of a member that speaks TLS, with clients on a port of its own and among the servers. Clients are
     * known by name and password ({@link ZooKeeperAccess#withDigest}), not by certificates of their own; without {@code clientPort} nobody
     * comes in otherwise.
     *
     * @param securePort for clients
     * @param identity a file with this server's private key and certificate, PEM; the certificate names its host
     * @param authorities a file with the certificates of those who sign, PEM
     */
    public static String tls(int securePort, Path identity, Path authorities) {
        SortedMap<String, String> settings = new TreeMap<>();
        settings.put("secureClientPort", Integer.toString(securePort));
        settings.put("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory");
        settings.put("ssl.clientAuth", "none");
        settings.put("sslQuorum", "true");
        for (String whom : List.of("ssl.", "ssl.quorum.")) {
            settings.put(whom + "keyStore.location", identity.toString());
            settings.put(whom + "keyStore.type", "PEM");
            settings.put(whom + "trustStore.location", authorities.toString());
            settings.put(whom + "trustStore.type", "PEM");
        }
        return lines(settings);
    }

    private static String lines(SortedMap<String, String> settings) {
        return settings.entrySet().stream()
                .map(one -> one.getKey() + "=" + one.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static SortedMap<String, String> settings() {
        SortedMap<String, String> settings = new TreeMap<>();
        settings.put("tickTime", Integer.toString(TICK_MILLIS));
        settings.put("syncLimit", Integer.toString(SYNC_LIMIT_TICKS));
        settings.put("initLimit", Integer.toString(INIT_LIMIT_TICKS));
        settings.put("minSessionTimeout", Integer.toString(MIN_SESSION_MILLIS));
        settings.put("maxSessionTimeout", Integer.toString(MAX_SESSION_MILLIS));
        // Default 5 s, and a voter that asks a lost host first tells the other one nothing meanwhile.
        settings.put("cnxTimeout", Integer.toString(CONNECT_TO_PEER_MILLIS));
        settings.put("standaloneEnabled", "false");
        settings.put("reconfigEnabled", "false");
        settings.put("admin.enableServer", "false");
        settings.put("autopurge.snapRetainCount", "3");
        settings.put("autopurge.purgeInterval", "1");
        settings.put("4lw.commands.whitelist", "ruok,srvr,conf,mntr");
        return settings;
    }

    /**
     * Compares a running server with the prescription.
     *
     * @param settings as {@link ServerInspection#settings} reads them
     * @return one line for each deviation, saying what it costs; empty when there is none
     */
    public static List<String> deviations(Map<String, String> settings) {
        List<String> found = new ArrayList<>();
        int tick = number(settings, "tickTime", found);
        int sync = number(settings, "syncLimit", found);
        int init = number(settings, "initLimit", found);
        if (tick > TICK_MILLIS) {
            found.add("tickTime is " + tick + " ms, prescribed is " + TICK_MILLIS
                    + ": losing the leader's host stops all writes for longer than a takeover may last");
        }
        long silence = (long) tick * sync;
        if (silence > (long) TICK_MILLIS * SYNC_LIMIT_TICKS) {
            found.add("tickTime × syncLimit is " + silence + " ms, prescribed is " + TICK_MILLIS * SYNC_LIMIT_TICKS
                    + ": so long followers wait for a lost leader before they elect another");
        }
        long joining = (long) tick * init;
        if (joining < 2000) {
            found.add("tickTime × initLimit is " + joining + " ms, prescribed is " + TICK_MILLIS * INIT_LIMIT_TICKS
                    + ": a server that comes back may not have the time to catch up");
        }
        sessions(settings, found);
        String data = settings.getOrDefault("dataDir", "");
        if (!data.isEmpty() && data.equals(settings.get("dataLogDir"))) {
            found.add("dataLogDir is dataDir (" + data + "): snapshots delay the log that every write waits for");
        }
        long voters = settings.keySet().stream()
                .filter(key -> key.startsWith("server."))
                .count();
        if (voters < 3 || voters % 2 == 0) {
            found.add("the ensemble has " + voters
                    + " voters; prescribed are 3 or 5 on machines that do not fail together");
        }
        return List.copyOf(found);
    }

    private static void sessions(Map<String, String> settings, List<String> found) {
        int least = number(settings, "minSessionTimeout", found);
        int most = number(settings, "maxSessionTimeout", found);
        if (least > SESSION.toMillis() || most < SESSION.toMillis()) {
            found.add("sessions last " + least + " to " + most + " ms here, asked for are " + SESSION.toMillis()
                    + " ms: a dead node is missed earlier or later than planned");
        }
    }

    private static int number(Map<String, String> settings, String key, List<String> found) {
        String value = settings.get(key);
        try {
            if (value != null) {
                return Integer.parseInt(value.trim());
            }
        } catch (NumberFormatException e) {
            found.add(key + " is '" + value + "', not a number");
            return 0;
        }
        found.add(key + " is not told by the server; is 'conf' in its 4lw.commands.whitelist?");
        return 0;
    }
}
