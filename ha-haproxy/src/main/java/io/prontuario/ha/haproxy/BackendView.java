package io.prontuario.ha.haproxy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a proxy says of the backend at one moment. Says what holds; what is to be done about it is for others.
 *
 * @param level what the socket that was asked through may do: {@code admin}, {@code operator}, {@code user}; empty when it did not tell
 * @param states the servers, as they are administered and checked
 * @param stats the servers, as they are used
 */
record BackendView(String level, List<ServerState> states, List<ServerStat> stats) {
    private static final List<String> LEVELS = List.of("admin", "operator", "user");

    BackendView {
        states = List.copyOf(states);
        stats = List.copyOf(stats);
    }

    /** The commands whose replies {@link #parse} reads, to be sent as one line or at its end. */
    static String question(String backend) {
        // "4 -1": servers, all of them; without frontend and backend, which have rows of their own.
        return "show cli level;show servers state " + backend + ";show stat " + backend + " 4 -1";
    }

    /**
     * Reads the replies.
     *
     * @throws HaproxyException when they are not whole, or of another backend: the answer to somebody else's question
     */
    static BackendView parse(String reply, String backend) {
        String level = reply.lines().filter(LEVELS::contains).findFirst().orElse("");
        List<ServerState> states = ServerState.parse(reply);
        for (ServerState state : states) {
            if (!state.backend().equals(backend)) {
                throw new HaproxyException(
                        HaproxyException.Kind.UNKNOWN_REPLY,
                        "the servers of backend '" + state.backend() + "', asked was for '" + backend
                                + "': is this another proxy's answer?");
            }
        }
        return new BackendView(level, states, ServerStat.parse(reply));
    }

    /** One of {@code wanted} that the backend does not have. */
    Optional<String> missing(Collection<String> wanted) {
        return wanted.stream().filter(name -> state(name).isEmpty()).findFirst();
    }

    /** Servers that get connections although they are none of {@code known}. */
    List<String> strangers(Collection<String> known) {
        return states.stream()
                .filter(state -> !known.contains(state.server()) && !state.maintenance())
                .map(ServerState::server)
                .toList();
    }

    /** It gets no connections and has none left. */
    boolean closed(String server) {
        return state(server).filter(ServerState::maintenance).isPresent() && sessions(server) == 0;
    }

    /** It may have connections, as far as its administrator is concerned. */
    boolean ready(String server) {
        return state(server).filter(ServerState::ready).isPresent();
    }

    /** It gets no connections because its weight is 0. */
    boolean weightless(String server) {
        return state(server).filter(state -> state.weight() == 0).isPresent();
    }

    /** It may have connections, and its check has not taken it out. */
    boolean serves(String server) {
        return state(server)
                .filter(state -> state.ready() && !state.downByCheck())
                .isPresent();
    }

    /** Its check is suspended: it is taken for up, whatever its agent would answer. */
    boolean unchecked(String server) {
        return state(server).filter(ServerState::unchecked).isPresent();
    }

    /** It has a check at all. */
    boolean checks(String server) {
        return state(server).filter(ServerState::hasCheck).isPresent();
    }

    /** The server's sessions; 0 when it is not there. */
    int sessions(String server) {
        return stats.stream()
                .filter(stat -> stat.server().equals(server))
                .mapToInt(ServerStat::sessions)
                .sum();
    }

    /** One word or two for each of {@code servers}: for a person who has to know what is not as it should be. */
    String describe(Collection<String> servers) {
        return servers.stream().sorted().map(this::describe).collect(Collectors.joining(", "));
    }

    private String describe(String server) {
        return state(server)
                .map(state -> server + " is "
                        + (state.maintenance() ? "in maintenance" : state.ready() ? "ready" : "draining")
                        + (state.downByCheck() ? " but down by its check (" + check(server) + ")" : "")
                        + (sessions(server) > 0 ? " with " + sessions(server) + " sessions" : ""))
                .orElse(server + " is missing");
    }

    private String check(String server) {
        return stats.stream()
                .filter(stat -> stat.server().equals(server))
                .map(ServerStat::check)
                .findFirst()
                .orElse("");
    }

    String names() {
        return states.stream().map(ServerState::server).collect(Collectors.joining(", "));
    }

    private Optional<ServerState> state(String server) {
        return states.stream().filter(state -> state.server().equals(server)).findFirst();
    }
}
