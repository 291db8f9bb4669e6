package io.prontuario.ha.haproxy;

import java.util.ArrayList;
import java.util.List;

/**
 * One row of {@code show servers state} (HAProxy management guide, 9.3). Columns are found by the header's names: older versions have
 * fewer of them.
 *
 * @param backend the backend's name
 * @param server the server's name
 * @param operation what its checks make of it
 * @param admin the administrative mask; 0x01, 0x02, 0x20 are kinds of maintenance, 0x08, 0x10 of drain (HAProxy's source, enum
 *     srv_admin). 0x04 and 0x40 only remember: that the configuration says {@code disabled}, that the host name was changed; they stay
 *     when the server has long been made ready (measured on 2.6)
 * @param check the mask of its check, 0 when the table does not tell; 0x02: it is configured, 0x04: it is enabled (HAProxy's source,
 *     CHK_ST_*)
 * @param weight its weight among the backend's servers; with 0 it gets no connections, though nothing else of it says so; 1 when the
 *     table does not tell
 */
public record ServerState(String backend, String server, Operation operation, int admin, int check, int weight) {
    private static final int CONFIGURED = 0x02;
    private static final int ENABLED = 0x04;
    private static final int MAINTENANCE = 0x01 | 0x02 | 0x20;
    private static final int DRAIN = 0x08 | 0x10;
    private static final int LEAST_COLUMNS = 18;
    private static final String HEADER = "# be_id ";

    /** What HAProxy's checks make of a server, in the order of its numbers. */
    public enum Operation {
        STOPPED,
        STARTING,
        RUNNING,
        STOPPING
    }

    /** New connections may go to it, as far as its administrator is concerned. */
    public boolean ready() {
        return (admin & (MAINTENANCE | DRAIN)) == 0 && weight > 0;
    }

    /** It gets no connections, whatever its checks say; it is not checked either. */
    public boolean maintenance() {
        return (admin & MAINTENANCE) != 0;
    }

    /** A check is configured for it, suspended or not. */
    public boolean hasCheck() {
        return (check & CONFIGURED) != 0;
    }

    /** It has a check, which somebody has suspended: {@code disable health}. */
    public boolean unchecked() {
        return (check & CONFIGURED) != 0 && (check & ENABLED) == 0;
    }

    /** Ready, and yet out of service: its check fails. */
    public boolean downByCheck() {
        return ready() && operation == Operation.STOPPED;
    }

    /**
     * Reads the table out of the reply; what other commands of the same line answered before or after it is skipped. A table without the
     * empty line that ends it was cut off, and what is missing from it means nothing.
     *
     * @throws HaproxyException when there is no such table in the reply, or only a part of it
     */
    static List<ServerState> parse(String reply) {
        List<ServerState> all = new ArrayList<>();
        List<String> header = List.of();
        for (String line : reply.split("\n", -1)) {
            if (header.isEmpty() && line.startsWith(HEADER)) {
                header = List.of(line.substring(2).strip().split("\\s+"));
            } else if (!header.isEmpty() && line.isBlank() && reply.endsWith("\n\n")) {
                return all;
            } else if (!header.isEmpty()) {
                all.add(row(line, header));
            }
        }
        throw unknown("no whole server state in the reply '" + reply.strip() + "': is this HAProxy's runtime API?");
    }

    private static ServerState row(String line, List<String> header) {
        String[] words = line.strip().split("\\s+");
        if (header.size() < LEAST_COLUMNS || words.length < LEAST_COLUMNS) {
            throw unknown("not a server state: '" + line + "' under header " + header);
        }
        int operation = number(words, header, "srv_op_state");
        if (operation < 0 || operation >= Operation.values().length) {
            throw unknown("srv_op_state is " + operation + ", known are 0 to 3: '" + line + "'");
        }
        return new ServerState(
                word(words, header, "be_name"),
                word(words, header, "srv_name"),
                Operation.values()[operation],
                number(words, header, "srv_admin_state"),
                // Nothing inside an outage depends on it.
                header.contains("srv_check_state") ? number(words, header, "srv_check_state") : 0,
                header.contains("srv_uweight") ? number(words, header, "srv_uweight") : 1);
    }

    private static int number(String[] words, List<String> header, String name) {
        String word = word(words, header, name);
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw unknown(name + " is '" + word + "', expected a number");
        }
    }

    private static String word(String[] words, List<String> header, String name) {
        int column = header.indexOf(name);
        if (column < 0 || column >= words.length) {
            throw unknown("the server state has no column " + name + ": " + header);
        }
        return words[column];
    }

    private static HaproxyException unknown(String message) {
        return new HaproxyException(HaproxyException.Kind.UNKNOWN_REPLY, message);
    }
}
