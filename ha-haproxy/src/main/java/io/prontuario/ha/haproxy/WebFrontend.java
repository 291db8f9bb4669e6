package io.prontuario.ha.haproxy;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The application's own HTTP in front of its backends, each of which follows the primary by itself. All of them may serve at any time: their
 * check decides, nobody flips them.
 *
 * @param name begins the names of its frontend and backend; unlike the name of the backend that is flipped
 * @param listen where browsers connect, as {@code address:port}; empty for TLS alone. With both, it only sends them on to TLS
 * @param listenTls the same with TLS; empty for none
 * @param certificate the file with certificate and key in PEM, for {@code listenTls}
 * @param checkPath what a backend answers with 200 while it may serve, such as {@code /ready}
 * @param servers the backends; their check goes to {@link HaproxyConfiguration.Server#checkAddress}, or to the address itself
 */
public record WebFrontend(
        String name,
        String listen,
        String listenTls,
        String certificate,
        String checkPath,
        List<HaproxyConfiguration.Server> servers) {
    private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._/-]*");
    private static final Pattern FILE = Pattern.compile("/[^\\s'\"\\\\#]+");

    public WebFrontend {
        servers = List.copyOf(servers);
    }

    /** What is wrong with it is added, a line each. */
    void check(List<String> wrong) {
        if (!HaproxyConfiguration.isName(name)) {
            wrong.add("web: '" + name + "' is not a frontend name");
        }
        if (listen.isEmpty() && listenTls.isEmpty()) {
            wrong.add("web: neither listen nor listenTls is given");
        }
        if (!listen.isEmpty()) {
            HaproxyConfiguration.place("listen of web", listen, wrong);
        }
        if (!listenTls.isEmpty()) {
            HaproxyConfiguration.place("listenTls of web", listenTls, wrong);
        }
        if (listenTls.isEmpty() == FILE.matcher(certificate).matches()) {
            wrong.add("certificate of web: '" + certificate + "' must be an absolute path, and given exactly with"
                    + " listenTls");
        }
        if (!PATH.matcher(checkPath).matches()) {
            wrong.add("checkPath of web: '" + checkPath + "' is not a path");
        }
        HaproxyConfiguration.check("servers of web", servers, wrong);
    }

    String render() {
        String plain = listen.isEmpty() ? "" : "    bind " + listen + "\n";
        String safe = listenTls.isEmpty()
                ? ""
                : "    bind " + listenTls + " ssl crt " + certificate + " alpn h2,http/1.1 ssl-min-ver TLSv1.2\n";
        String redirect = listen.isEmpty() || listenTls.isEmpty()
                ? ""
                : "    http-request redirect scheme https code 301 unless { ssl_fc }\n";
        String lines = servers.stream().map(server -> server.webLine() + "\n").collect(Collectors.joining());
        // Longer than the pool's patience: a request that is held in the backend is not given up here.
        return """

                frontend %s_clients
                    mode http
                %s%s%s    option forwardfor
                    timeout client 65s
                    timeout http-request 10s
                    default_backend %s

                backend %s
                    mode http
                    balance leastconn
                    timeout server 65s
                    option httpchk GET %s
                    http-check expect status 200
                    # What was sent may have been done: only a connection that was never made is tried at another backend.
                    retries 1
                    retry-on conn-failure
                    option redispatch
                %s""".formatted(name, plain, safe, redirect, name, name, checkPath, lines);
    }
}
