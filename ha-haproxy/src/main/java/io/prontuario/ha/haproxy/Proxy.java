package io.prontuario.ha.haproxy;

import io.prontuario.ha.spi.Outcome;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** One proxy: brings its backend to exactly one ready server, and reads back that it is so. */
final class Proxy {
    private final RuntimeApi api;
    private final String backend;

    Proxy(RuntimeApi api, String backend) {
        this.api = api;
        this.backend = backend;
    }

    /** Makes {@code wanted} the only server that gets connections; the new one first, then the old ones are closed with their sessions. */
    Outcome route(String wanted, Collection<String> all) {
        List<ServerState> before = states();
        missing(before, all).ifPresent(name -> {
            throw new HaproxyException(
                    HaproxyException.Kind.NO_SUCH_SERVER,
                    api.address() + " has no server " + name + " in backend " + backend + " (it has "
                            + before.stream().map(ServerState::server).collect(Collectors.joining(", "))
                            + "): check haproxy.servers against its configuration");
        });
        if (routes(before, wanted, all)) {
            return Outcome.alreadySo(api.address() + " routes to " + wanted);
        }
        // After "ready" the first failed check alone takes the server out, whatever "fall" says (measured on 2.6):
        // "health up" gives it
        // its full credit, so that an agent that answers a moment late does not cost an outage.
        StringBuilder line =
                new StringBuilder(set(wanted, "state ready")).append(';').append(set(wanted, "health up"));
        all.stream()
                .filter(name -> !name.equals(wanted))
                .forEach(name -> line.append(';').append(close(name)));
        // Read back in the same line: one connection less inside an outage.
        line.append(";show servers state ").append(backend);
        return routes(ServerState.parse(api.send(line.toString())), wanted, all)
                ? Outcome.done(api.address() + " routes to " + wanted)
                : Outcome.unknown(api.address() + " does not show " + wanted + " as the only ready server");
    }

    /** Keeps new connections from a server and ends those that it has. */
    Outcome close(String server, boolean verify) {
        String reply = api.send(close(server) + ";show servers state " + backend);
        boolean closed = !verify
                || ServerState.parse(reply).stream()
                        .anyMatch(state -> state.server().equals(server) && state.maintenance());
        return closed
                ? Outcome.done(api.address() + " has closed " + server)
                : Outcome.unknown(api.address() + " does not show " + server + " in maintenance");
    }

    private String close(String server) {
        return set(server, "state maint") + ";shutdown sessions server " + backend + "/" + server;
    }

    private String set(String server, String what) {
        return "set server " + backend + "/" + server + " " + what;
    }

    private List<ServerState> states() {
        return ServerState.parse(api.send("show servers state " + backend));
    }

    private static Optional<String> missing(List<ServerState> states, Collection<String> all) {
        return all.stream()
                .filter(name ->
                        states.stream().noneMatch(state -> state.server().equals(name)))
                .findFirst();
    }

    private static boolean routes(List<ServerState> states, String wanted, Collection<String> all) {
        return states.stream()
                .filter(state -> all.contains(state.server()))
                .allMatch(state -> Objects.equals(state.server(), wanted) ? state.ready() : state.maintenance());
    }
}
