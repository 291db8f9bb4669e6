package io.prontuario.ha.haproxy;

import java.nio.file.Path;
import java.util.List;

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
                        + " inter 200ms fall 5 rise 1";
            }
            return "    server " + name + " " + address + check + " on-marked-down shutdown-sessions disabled";
        }
    }

    public HaproxyConfiguration {
        servers = List.copyOf(servers);
    }

    /** The text of the file. */
    public String render() {
        boolean checked =
                servers.stream().anyMatch(server -> !server.checkAddress().isEmpty());
        StringBuilder text = new StringBuilder();
        text.append("global\n    maxconn 4000\n    stats socket ")
                .append(socket)
                .append(" mode 600 level admin\n");
        if (runtimePort > 0) {
            text.append("    stats socket ipv4@127.0.0.1:").append(runtimePort).append(" level admin\n");
        }
        text.append(
                "    stats timeout 30s\n\ndefaults\n    mode tcp\n    timeout connect 1s\n    timeout client 1h\n    timeout server 1h\n    timeout check 300ms\n");
        // A refused connection is answered at once: a retry would go to the same server, a second later.
        text.append("    retries 0\n    option clitcpka\n    option srvtcpka\n\nfrontend ")
                .append(backend)
                .append("_clients\n    bind ");
        text.append(listen)
                .append("\n    default_backend ")
                .append(backend)
                .append("\n\nbackend ")
                .append(backend)
                .append('\n');
        if (checked) {
            text.append("    option httpchk GET /primary\n    http-check expect status 200\n");
        }
        servers.forEach(server -> text.append(server.line()).append('\n'));
        return text.toString();
    }
}
