package io.prontuario.ha.haproxy;

import io.prontuario.ha.haproxy.HaproxyException.Kind;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The texts by which HAProxy 2.4 to 3.x says no. Matched by their beginning, since the rest differs between versions, and line by line:
 * of several commands in one line each answers for itself, and an error in one does not stop the next.
 */
final class Reply {
    /** A text, what it means, and what is to be said about it; {@code what} continues "address …" and ends with the next move. */
    private record Refusal(String beginning, Kind kind, String what, String next) {}

    private static final String BACKEND_NEXT = "check haproxy.backend against its configuration";
    private static final String NOT_UNDERSTOOD = "does not understand";
    private static final String TELL = "this client and this HAProxy do not fit together: please report both versions";

    private static final List<Refusal> REFUSALS = List.of(
            // Checked before any name: an unknown backend, too, is answered by this on a socket of a lower level.
            new Refusal(
                    "Permission denied",
                    Kind.PERMISSION_DENIED,
                    "refuses",
                    "give its 'stats socket' line 'level admin'"),
            new Refusal("No such backend", Kind.NO_SUCH_BACKEND, "has no such backend for", BACKEND_NEXT),
            new Refusal("Can't find backend", Kind.NO_SUCH_BACKEND, "has no such backend for", BACKEND_NEXT),
            new Refusal("No such proxy", Kind.NO_SUCH_BACKEND, "has no such backend for", BACKEND_NEXT),
            new Refusal(
                    "No such server",
                    Kind.NO_SUCH_SERVER,
                    "has no such server for",
                    "check haproxy.servers against its configuration"),
            new Refusal(
                    "Proxy is disabled",
                    Kind.PROXY_DISABLED,
                    "does not do",
                    "its process is leaving after a reload, or the backend is 'disabled' in its configuration; wait or"
                            + " enable it"),
            new Refusal(
                    "Can't find the target",
                    Kind.NO_SUCH_PROCESS,
                    "has no such process for",
                    "it has ended; is this the master's socket (-S)?"),
            new Refusal("Unknown command", Kind.UNKNOWN_COMMAND, "does not know", "HAProxy 2.4 or newer is needed"),
            new Refusal("Require 'backend/server'", Kind.UNKNOWN_REPLY, NOT_UNDERSTOOD, TELL),
            new Refusal("usage: ", Kind.UNKNOWN_REPLY, NOT_UNDERSTOOD, TELL),
            new Refusal("'set server <srv> state' expects", Kind.UNKNOWN_REPLY, NOT_UNDERSTOOD, TELL),
            new Refusal("'set server <srv> health' expects", Kind.UNKNOWN_REPLY, NOT_UNDERSTOOD, TELL),
            new Refusal("Too many arguments", Kind.UNKNOWN_REPLY, NOT_UNDERSTOOD, TELL),
            new Refusal("This command is restricted", Kind.UNKNOWN_REPLY, "restricts", TELL));

    /** What {@code severity-output} in a 'stats socket' line puts before each reply: {@code [3]: } or {@code [err]: }. */
    private static final Pattern SEVERITY = Pattern.compile("(?m)^\\[[0-9a-z]+\\]: ?");

    private Reply() {}

    /**
     * The reply without severities.
     *
     * @throws HaproxyException when a part of it says no
     */
    static String checked(String reply, String line, RuntimeAddress address) {
        String plain = SEVERITY.matcher(reply).replaceAll("");
        for (String part : plain.split("\n")) {
            for (Refusal refusal : REFUSALS) {
                if (part.startsWith(refusal.beginning())) {
                    throw new HaproxyException(
                            refusal.kind(),
                            address + " " + refusal.what() + " '" + line + "' (it says '" + part + "'): "
                                    + refusal.next());
                }
            }
        }
        return plain;
    }
}
