package io.prontuario.ha.haproxy;

import io.prontuario.ha.haproxy.HaproxyException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The worker processes that a reload has left behind, reached through the master's socket ({@code haproxy -W -S socket}; HAProxy
 * management guide, 9.4 Master CLI). They take no new connections and check nothing, but keep every session that they have: a pool's
 * connections to a server that was closed since live on in them, and the new worker knows nothing of them.
 *
 * <p>{@code shutdown sessions server} answers "Proxy is disabled." in such a process (measured on 2.6), so the sessions are ended one by
 * one. An id is the address of a session and could come to mean another one; here it cannot, since nothing new begins in there.
 */
final class OldWorkers {
    /** So many at one go: a command line must fit into tune.bufsize, 16 kB by default. */
    private static final int AT_ONCE = 100;

    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Pattern PROCESS = Pattern.compile("(\\d+)\\s+worker\\s.*");
    private static final Pattern SESSION = Pattern.compile("(0x[0-9a-f]+): .*\\bbe=(\\S+) srv=(\\S+) .*");

    private final RuntimeApi master;

    OldWorkers(RuntimeApi master) {
        this.master = master;
    }

    /**
     * Ends every session of these servers in every old worker and sees that none is left. Answers how many there were.
     *
     * @throws HaproxyException when that was not seen before the deadline
     */
    int endSessions(String backend, Collection<String> servers, Deadline deadline) {
        int ended = 0;
        for (String process : processes(master.send("show proc", deadline.left()))) {
            ended += endSessions(process, backend, servers, deadline);
        }
        return ended;
    }

    private int endSessions(String process, String backend, Collection<String> servers, Deadline deadline) {
        Set<String> ended = new HashSet<>();
        while (true) {
            try {
                List<String> left = sessions(process, backend, servers, deadline);
                if (left.isEmpty()) {
                    return ended.size();
                }
                ended.addAll(left);
                end(process, left, deadline);
            } catch (HaproxyException e) {
                // A worker ends with its last session, often while it is asked, and is listed for a moment longer.
                boolean mayHaveEnded = e.kind() == Kind.BROKEN_OFF || e.kind() == Kind.NO_SUCH_PROCESS;
                if (!mayHaveEnded || deadline.passed()) {
                    throw e;
                }
                if (!processes(master.send("show proc", deadline.left())).contains(process)) {
                    return ended.size();
                }
            }
            if (!deadline.pause(PAUSE)) {
                throw new HaproxyException(
                        Kind.TIMEOUT,
                        "old worker " + process + " at " + master.address() + " may still have sessions of " + servers
                                + ": they are looked for again at the next beat");
            }
        }
    }

    private void end(String process, List<String> sessions, Deadline deadline) {
        for (int from = 0; from < sessions.size(); from += AT_ONCE) {
            String line = sessions.subList(from, Math.min(from + AT_ONCE, sessions.size())).stream()
                    .map(session -> "@!" + process + " shutdown session " + session)
                    .collect(Collectors.joining(";"));
            master.send(line, deadline.left());
        }
    }

    private List<String> sessions(String process, String backend, Collection<String> servers, Deadline deadline) {
        return sessions(master.send("@!" + process + " show sess", deadline.left()), backend, servers);
    }

    /** The processes under the heading "# old workers"; columns differ between versions, the first two do not. */
    static List<String> processes(String reply) {
        List<String> all = new ArrayList<>();
        boolean old = false;
        for (String line : reply.split("\n")) {
            if (line.startsWith("#")) {
                old = line.startsWith("# old workers");
            }
            Matcher process = PROCESS.matcher(line);
            if (old && process.matches()) {
                all.add(process.group(1));
            }
        }
        return all;
    }

    static List<String> sessions(String reply, String backend, Collection<String> servers) {
        return reply.lines()
                .map(SESSION::matcher)
                .filter(Matcher::matches)
                .filter(session -> session.group(2).equals(backend) && servers.contains(session.group(3)))
                .map(session -> session.group(1))
                .toList();
    }
}
