package io.prontuario.ha.haproxy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Renders the {@code haproxy.cfg} of a proxy in front of the servers. All servers start disabled: a proxy that was restarted routes
 * nowhere until the coordinator has said where to.
 *
 * @param listen where clients connect, as {@code address:port}
 * @param socket the unix socket of the runtime API
 * @param runtimePort a loopback port for the runtime API as well; 0 for none
 * @param backend the backend's name
 * @param servers the servers
 * @param web the application's own HTTP beside them; null for none
 * @param stats where the statistics page is shown, as {@code address:port}, read-only; empty for none
 * @param hardStopAfter how long a process that a reload has replaced may live on for its sessions; zero for ever. The pools' connections
 *     are such sessions: too short, and a reload breaks healthy ones
 */
public record HaproxyConfiguration(
        String listen,
        Path socket,
        int runtimePort,
        String backend,
        List<Server> servers,
        @Nullable WebFrontend web,
        String stats,
        Duration hardStopAfter) {
    /** How often a server's agent is asked for {@code /primary}. */
    public static final Duration CHECK_INTERVAL = Duration.ofMillis(200);

    private static final Duration CHECK_TIMEOUT = Duration.ofMillis(300);
    /** So many failed checks in a row take a server out: an agent may answer late once. */
    private static final int FALL = 5;

    /** What HAProxy takes as a name (configuration manual, 2.2 Configuration file format, "proxy names"). */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]+");

    private static final Pattern PLACE = Pattern.compile("\\S+:\\d{1,5}");

    /**
     * One server.
     *
     * @param name its name in the backend
     * @param address where PostgreSQL listens, as {@code host:port}
     * @param checkAddress where its agent answers {@code /primary}, as {@code host:port}; empty for no check
     */
    public record Server(String name, String address, String checkAddress) {
        private String line() {
            String check = checkAddress.isEmpty() ? "" : check();
            return "    server " + name + " " + address + check + " on-marked-down shutdown-sessions disabled";
        }

        /** One that nobody flips. */
        String webLine() {
            return "    server " + name + " " + address + check();
        }

        private String check() {
            int colon = checkAddress.lastIndexOf(':');
            String where = colon < 0
                    ? ""
                    : " addr " + checkAddress.substring(0, colon) + " port " + checkAddress.substring(colon + 1);
            return " check" + where + " inter " + CHECK_INTERVAL.toMillis() + "ms fall " + FALL + " rise 1";
        }
    }

    /**
     * @throws IllegalArgumentException with every violation, one a line
     */
    public HaproxyConfiguration {
        servers = List.copyOf(servers);
        List<String> wrong = new ArrayList<>();
        place("listen", listen, wrong);
        if (!socket.isAbsolute() || !socket.toString().matches("[^\\s'\"\\\\#]+")) {
            wrong.add("socket: '" + socket + "' must be an absolute path without blanks, quotes, '\\' and '#'");
        }
        if (runtimePort < 0 || runtimePort > 65_535) {
            wrong.add("runtimePort: " + runtimePort + ", must be 0 (none) to 65535");
        }
        if (!isName(backend)) {
            wrong.add("backend: '" + backend + "' is not a backend name");
        }
        check("servers", servers, wrong);
        if (web != null) {
            web.check(wrong);
            if (web.name().equals(backend)) {
                wrong.add("web: '" + backend + "' is the backend that is flipped: give it another name");
            }
        }
        if (!stats.isEmpty()) {
            place("stats", stats, wrong);
        }
        if (hardStopAfter.isNegative()) {
            wrong.add("hardStopAfter: " + hardStopAfter + " is negative");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("HAProxy configuration:\n  " + String.join("\n  ", wrong));
        }
    }

    /** Without HTTP of its own, statistics page and hard stop. */
    public HaproxyConfiguration(String listen, Path socket, int runtimePort, String backend, List<Server> servers) {
        this(listen, socket, runtimePort, backend, servers, null, "", Duration.ZERO);
    }

    /** The same with the application's HTTP. */
    public HaproxyConfiguration withWeb(WebFrontend frontend) {
        return new HaproxyConfiguration(listen, socket, runtimePort, backend, servers, frontend, stats, hardStopAfter);
    }

    /** The same with a statistics page. */
    public HaproxyConfiguration withStats(String address) {
        return new HaproxyConfiguration(listen, socket, runtimePort, backend, servers, web, address, hardStopAfter);
    }

    /** The same with a bound for processes that a reload has replaced. */
    public HaproxyConfiguration withHardStopAfter(Duration bound) {
        return new HaproxyConfiguration(listen, socket, runtimePort, backend, servers, web, stats, bound);
    }

    static void check(String what, List<Server> servers, List<String> wrong) {
        if (servers.isEmpty()) {
            wrong.add(what + ": empty");
        }
        Set<String> names = new HashSet<>();
        for (Server server : servers) {
            if (!isName(server.name()) || !names.add(server.name())) {
                wrong.add(what + ": '" + server.name() + "' is not a server name, or is given twice");
            }
            place("address of " + server.name(), server.address(), wrong);
            if (!server.checkAddress().isEmpty()) {
                place("checkAddress of " + server.name(), server.checkAddress(), wrong);
            }
        }
    }

    static void place(String what, String text, List<String> wrong) {
        if (!PLACE.matcher(text).matches()) {
            wrong.add(what + ": '" + text + "' is not host:port");
        }
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** The text of the file. */
    public String render() {
        boolean checked =
                servers.stream().anyMatch(server -> !server.checkAddress().isEmpty());
        StringBuilder text = new StringBuilder("""
                # All servers are disabled here on purpose: after a start or a reload HAProxy routes nowhere until the coordinator has told
                # it, through the runtime API, which server is the primary.
                global
                    maxconn 4000
                    stats socket %s mode 600 level admin
                """.formatted(socket));
        if (runtimePort > 0) {
            text.append("    stats socket ipv4@127.0.0.1:").append(runtimePort).append(" level admin\n");
        }
        text.append("    stats timeout 30s\n");
        if (!hardStopAfter.isZero()) {
            text.append("    hard-stop-after ").append(hardStopAfter.toMillis()).append("ms\n");
        }
        text.append("""

                defaults
                    mode tcp
                    timeout connect 1s
                    timeout client 1h
                    timeout server 1h
                    timeout check %dms
                    # A refused connection is answered at once: a retry would go to the same server, a second later.
                    retries 0
                    option clitcpka
                    option srvtcpka

                frontend %s_clients
                    bind %s
                    default_backend %s

                backend %s
                """.formatted(CHECK_TIMEOUT.toMillis(), backend, listen, backend, backend));
        if (checked) {
            text.append("    option httpchk GET /primary\n    http-check expect status 200\n");
        }
        servers.forEach(server -> text.append(server.line()).append('\n'));
        if (web != null) {
            text.append(web.render());
        }
        if (!stats.isEmpty()) {
            // Without "stats admin": a second hand at the servers' states would be overruled, and surprise its owner.
            text.append("""

                    frontend %s_statistics
                        mode http
                        bind %s
                        timeout client 10s
                        stats enable
                        stats uri /stats
                        stats refresh 10s
                    """.formatted(backend, stats));
        }
        return text.toString();
    }
}
