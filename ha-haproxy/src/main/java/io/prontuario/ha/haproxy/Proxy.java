package io.prontuario.ha.haproxy;

import io.prontuario.ha.haproxy.HaproxyException.Kind;
import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One proxy: brings its backend to exactly one ready server, ends the sessions of the others, and reads back that it is so. Everything is
 * level-triggered: it looks first, changes what is not as wanted, and may be called again at any moment.
 */
final class Proxy {
    /** When to ask again for what was refused because nothing could be changed. */
    private static final Duration AGAIN = Duration.ofMillis(500);

    private static final Duration SHORTEST_PAUSE = Duration.ofNanos(200_000);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(16);

    private final RuntimeApi api;
    private final @Nullable OldWorkers oldWorkers;
    private final String backend;
    private final Collection<String> all;

    /**
     * @param oldWorkers the workers that reloads leave behind; null when there is no master socket
     * @param all the servers of all nodes
     */
    Proxy(RuntimeApi api, @Nullable OldWorkers oldWorkers, String backend, Collection<String> all) {
        this.api = api;
        this.oldWorkers = oldWorkers;
        this.backend = backend;
        this.all = List.copyOf(all);
    }

    RuntimeAddress address() {
        return api.address();
    }

    /**
     * Makes {@code wanted} the only server that gets connections, at once and whatever its check said last: it has just been opened.
     */
    Outcome enable(String wanted, Deadline deadline) {
        return route(wanted, look(deadline), view -> view.serves(wanted), deadline);
    }

    /**
     * The same without a word to its check: a server that answers 503 is out for a reason. Refuses, once all is in line, what would
     * spoil the next failover: a socket that may only read, a server that nobody has told of.
     */
    Outcome reconcile(String wanted, Deadline deadline) {
        BackendView before = look(deadline);
        Outcome outcome = route(wanted, before, view -> view.ready(wanted), deadline);
        if (outcome.holds() && before.unchecked(wanted)) {
            outcome = change(
                    "enable health " + backend + "/" + wanted,
                    view -> !view.unchecked(wanted),
                    all,
                    address() + " routes to " + wanted + " and checks it again",
                    deadline);
        }
        return outcome.holds() ? fit(before).orElse(outcome) : outcome;
    }

    /**
     * The same while nobody is there whom its check could ask: the check is suspended, so that silence is not taken for death. Full credit
     * with it, in case it has just been taken out.
     */
    Outcome reconcileUnattended(String wanted, Deadline deadline) {
        BackendView before = look(deadline);
        Predicate<BackendView> kept = view -> view.serves(wanted) && (view.unchecked(wanted) || !view.checks(wanted));
        Outcome outcome = route(wanted, before, view -> view.ready(wanted), deadline);
        if (!outcome.holds() || kept.test(before)) {
            return outcome;
        }
        return change(
                "disable health " + backend + "/" + wanted + ";" + set(wanted, "health up"),
                kept,
                all,
                address() + " goes on routing to " + wanted + " without asking its agent, which has left in order",
                deadline);
    }

    /** Whether a failover could flip this proxy. Changes nothing. */
    Outcome prepare(Deadline deadline) {
        BackendView now = look(deadline);
        return fit(now).orElse(Outcome.done(address() + " can be flipped"));
    }

    /** Keeps new connections from a server and ends those that it has. */
    Outcome isolate(String server, Deadline deadline) {
        BackendView before = look(deadline);
        demand(before, List.of(server));
        Predicate<BackendView> closed = view -> view.closed(server);
        List<String> servers = List.of(server);
        Outcome outcome = closed.test(before)
                ? Outcome.alreadySo(address() + " keeps " + server + " closed")
                : change(close(server), closed, servers, address() + " has closed " + server, deadline);
        return withOldWorkers(outcome, servers, deadline);
    }

    private Outcome route(String wanted, BackendView before, Predicate<BackendView> open, Deadline deadline) {
        demand(before, all);
        List<String> others =
                all.stream().filter(name -> !Objects.equals(name, wanted)).toList();
        Predicate<BackendView> routed = open.and(view -> others.stream().allMatch(view::closed));
        String done = address() + " routes to " + wanted;
        if (routed.test(before)) {
            return withOldWorkers(Outcome.alreadySo(done), others, deadline);
        }
        StringBuilder line = new StringBuilder();
        if (!open.test(before)) {
            // The new one first, so that there is always one. After "ready" the first failed check alone takes a server
            // out, whatever "fall" says (measured on 2.6): "health up" gives it its full credit, so that an agent that
            // answers a moment late does not cost an outage.
            line.append(set(wanted, "state ready"))
                    .append(';')
                    .append(set(wanted, "health up"))
                    .append(';');
            if (before.weightless(wanted)) {
                // Somebody has drained it that way; "ready" leaves the weight as it is.
                line.append(set(wanted, "weight 100%")).append(';');
            }
        }
        others.stream()
                .filter(name -> !before.closed(name))
                .forEach(name -> line.append(close(name)).append(';'));
        Outcome outcome = change(line.substring(0, line.length() - 1), routed, all, done, deadline);
        return withOldWorkers(outcome, others, deadline);
    }

    /** Sends the line and looks until it is so: sessions end a moment after they were told to. */
    private Outcome change(
            String line, Predicate<BackendView> wanted, Collection<String> servers, String done, Deadline deadline) {
        // Read back in the same line: one connection less inside an outage.
        BackendView now = asked(line + ";" + BackendView.question(backend), deadline);
        String trouble = "";
        for (Duration pause = SHORTEST_PAUSE; !wanted.test(now); pause = longer(pause)) {
            if (!deadline.pause(pause)) {
                return Outcome.unknown(address() + " was told '" + line + "', but " + now.describe(servers) + trouble);
            }
            try {
                now = look(deadline);
                trouble = "";
            } catch (HaproxyException e) {
                // What was seen last is still the most that can be said.
                trouble = "; then: " + e.text();
            }
        }
        return Outcome.done(done);
    }

    private static Duration longer(Duration pause) {
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    private Outcome withOldWorkers(Outcome outcome, Collection<String> servers, Deadline deadline) {
        OldWorkers left = oldWorkers;
        if (left == null || !outcome.holds()) {
            return outcome;
        }
        try {
            int ended = left.endSessions(backend, servers, deadline);
            return ended == 0
                    ? outcome
                    : Outcome.done(outcome.detail() + "; " + ended + " sessions of old workers were ended");
        } catch (HaproxyException e) {
            return Outcome.unknown(
                    outcome.detail() + ", but sessions may be left in workers from before a reload: " + e.text());
        }
    }

    private BackendView look(Deadline deadline) {
        try {
            return asked(BackendView.question(backend), deadline);
        } catch (HaproxyException e) {
            throw e.kind() == Kind.NO_SUCH_BACKEND ? noSuchBackend(deadline) : e;
        }
    }

    private BackendView asked(String line, Deadline deadline) {
        String reply = api.send(line, deadline.left());
        try {
            return BackendView.parse(reply, backend);
        } catch (HaproxyException e) {
            throw new HaproxyException(
                    e.kind(), address() + " answered '" + line + "' with what is not known: " + e.text());
        }
    }

    private HaproxyException noSuchBackend(Deadline deadline) {
        String names = String.join(
                ", ",
                api.send("show backend", deadline.left())
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList());
        return new HaproxyException(
                Kind.NO_SUCH_BACKEND,
                address() + " has no backend '" + backend + "' (it has " + (names.isEmpty() ? "none" : names)
                        + "): check haproxy.backend against its configuration");
    }

    private void demand(BackendView view, Collection<String> wanted) {
        view.missing(wanted).ifPresent(name -> {
            throw new HaproxyException(
                    Kind.NO_SUCH_SERVER,
                    address() + " has no server '" + name + "' in backend '" + backend + "' (it has " + view.names()
                            + "): check haproxy.servers against its configuration");
        });
    }

    /** What stands in the way of the next failover although everything is in line now. */
    private Optional<Outcome> fit(BackendView view) {
        demand(view, all);
        if (!view.level().isEmpty() && !view.level().equals("admin")) {
            return Optional.of(Outcome.refused(address() + " has level " + view.level()
                    + ", so it cannot be flipped: give its 'stats socket' line 'level admin'"));
        }
        List<String> strangers = view.strangers(all);
        if (!strangers.isEmpty()) {
            return Optional.of(Outcome.refused(address() + " also routes to " + String.join(", ", strangers)
                    + " in backend '" + backend
                    + "', which haproxy.servers does not name: name it there, or take it out of the backend"));
        }
        return Optional.empty();
    }

    private String close(String server) {
        return set(server, "state maint") + ";shutdown sessions server " + backend + "/" + server;
    }

    private String set(String server, String what) {
        return "set server " + backend + "/" + server + " " + what;
    }

    /** What trouble with this proxy means for a step. */
    static Outcome outcome(HaproxyException trouble) {
        return switch (trouble.kind()) {
            case UNREACHABLE, PROXY_DISABLED -> Outcome.retry(trouble.text(), AGAIN);
            case TIMEOUT, BROKEN_OFF, UNKNOWN_REPLY, NO_SUCH_PROCESS -> Outcome.unknown(trouble.text());
            case PERMISSION_DENIED, NO_SUCH_BACKEND, NO_SUCH_SERVER, UNKNOWN_COMMAND -> Outcome.refused(trouble.text());
        };
    }
}
