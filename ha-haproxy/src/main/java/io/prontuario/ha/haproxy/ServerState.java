package io.prontuario.ha.haproxy;

import java.util.ArrayList;
import java.util.List;

/**
 * One row of {@code show servers state} (HAProxy management guide, 9.3). Columns are found by the header's names: older versions have
 * fewer of them.
 *
 * @param backend the backend's name
 * @param server the server's name
 * @param operational 0 stopped, 1 starting, 2 running, 3 stopping
 * @param admin the administrative mask; 0x01, 0x02, 0x04, 0x20, 0x40 are kinds of maintenance, 0x08, 0x10 of drain
 */
public record ServerState(String backend, String server, int operational, int admin) {
    private static final int MAINTENANCE = 0x01 | 0x02 | 0x04 | 0x20 | 0x40;
    private static final int DRAIN = 0x08 | 0x10;
    private static final int LEAST_COLUMNS = 18;

    /** New connections may go to it, as far as its administrator is concerned. */
    public boolean ready() {
        return (admin & (MAINTENANCE | DRAIN)) == 0;
    }

    public boolean maintenance() {
        return (admin & MAINTENANCE) != 0;
    }

    /** Reads the whole reply. */
    static List<ServerState> parse(String reply) {
        List<ServerState> all = new ArrayList<>();
        List<String> header = List.of();
        for (String line : reply.split("\n")) {
            if (line.startsWith("# ")) {
                header = List.of(line.substring(2).strip().split("\\s+"));
            } else if (!line.isBlank() && line.contains(" ")) {
                String[] words = line.strip().split("\\s+");
                if (header.size() < LEAST_COLUMNS || words.length < LEAST_COLUMNS) {
                    throw new HaproxyException(
                            HaproxyException.Kind.UNKNOWN_REPLY, "not a server state: '" + line + "' under header " + header);
                }
                all.add(new ServerState(
                        word(words, header, "be_name"),
                        word(words, header, "srv_name"),
                        Integer.parseInt(word(words, header, "srv_op_state")),
                        Integer.parseInt(word(words, header, "srv_admin_state"))));
            }
        }
        return all;
    }

    private static String word(String[] words, List<String> header, String name) {
        int column = header.indexOf(name);
        if (column < 0 || column >= words.length) {
            throw new HaproxyException(HaproxyException.Kind.UNKNOWN_REPLY, "the server state has no column " + name + ": " + header);
        }
        return words[column];
    }
}
