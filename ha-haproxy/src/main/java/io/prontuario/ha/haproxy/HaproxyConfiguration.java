package io.prontuario.ha.haproxy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Renders the {@code haproxy.cfg} of a proxy in front of the servers. All servers start disabled: a proxy that was restarted routes
 * nowhere until the coordinator has said where to.
 *
 * @param listen where clients connect, as {@code address:port}
 * @param socket the unix socket of the runtime API
 * @param runtimePort a loopback port for the runtime API as well; 0 for none
 * @param backend the backend's name
 * @param servers the servers
 */
public record HaproxyConfiguration(String listen, Path socket, int runtimePort, String backend, List<Server> servers) {
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
            String check = "";
            if (!checkAddress.isEmpty()) {
                int colon = checkAddress.lastIndexOf(':');
                check = " check addr " + checkAddress.substring(0, colon) + " port " + checkAddress.substring(colon + 1)
                        + " inter " + CHECK_INTERVAL.toMillis() + "ms fall " + FALL + " rise 1";
            }
            return "    server " + name + " " + address + check + " on-marked-down shutdown-sessions disabled";
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
        if (servers.isEmpty()) {
            wrong.add("servers: empty");
        }
        Set<String> names = new HashSet<>();
        for (Server server : servers) {
            if (!isName(server.name()) || !names.add(server.name())) {
                wrong.add("servers: '" + server.name() + "' is not a server name, or is given twice");
            }
            place("address of " + server.name(), server.address(), wrong);
            if (!server.checkAddress().isEmpty()) {
                place("checkAddress of " + server.name(), server.checkAddress(), wrong);
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("HAProxy configuration:\n  " + String.join("\n  ", wrong));
        }
    }

    private static void place(String what, String text, List<String> wrong) {
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
        text.append("""
                    stats timeout 30s

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
        return text.toString();
    }
}
