package io.prontuario.ha.examples.emr;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * The proxy's part in front of the backends. Both are used: each leads to the one primary, so neither is a reserve.
 *
 * <p>A backend is asked {@code /up}, not {@code /health}: while nobody is the primary, requests wait in the backend, and a proxy that turned
 * away from both would answer them with errors instead. What may be sent again (reading, and writing under an id that the user has chosen) is
 * sent to the other one when a backend goes away before it has answered (HAProxy configuration manual, {@code retry-on}).
 */
public final class EmrFrontend {
    private EmrFrontend() {}

    /**
     * A whole {@code haproxy.cfg}.
     *
     * @param listen where users connect, as {@code host:port}
     * @param backends each backend's name and its {@code host:port}
     */
    public static String render(String listen, Map<String, String> backends) {
        String servers = backends.entrySet().stream()
                .map(one -> "    server " + one.getKey() + " " + one.getValue() + " check inter 500ms fall 2 rise 1\n")
                .collect(Collectors.joining());
        return """
                global
                    maxconn 4000
                    # What may be sent again is kept until it is answered: as much as the backend takes, and the headers.
                    tune.bufsize 98304

                defaults
                    mode http
                    timeout connect 1s
                    timeout client 1m
                    timeout http-request 5s
                    timeout queue 5s
                    # Longer than a backend lets a request wait for a primary.
                    timeout server 30s
                    timeout check 1s
                    option http-keep-alive
                    option redispatch 1
                    retries 3

                frontend medical_record
                    bind %s
                    default_backend backends

                backend backends
                    balance roundrobin
                    option httpchk GET /up
                    http-check expect status 200
                    retry-on conn-failure empty-response
                    http-request disable-l7-retry unless METH_GET or { method PUT }
                %s""".formatted(listen, servers);
    }
}
