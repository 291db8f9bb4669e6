package io.prontuario.ha.haproxy;

import io.prontuario.ha.model.Answer;
import java.util.ArrayList;
import java.util.List;

/**
 * One server's row of {@code show stat} (HAProxy management guide, 9.1 CSV format): what is going on at it. Columns are found by the
 * header's names: newer versions have more of them.
 *
 * @param server the server's name
 * @param sessions how many sessions it has at this moment
 * @param check the result of its last finished check, such as {@code L7OK}; empty when it is not checked
 * @param checking whether a further check is under way, whose result is not known yet
 */
record ServerStat(String server, int sessions, String check, boolean checking) {
    private static final String HEADER = "# pxname,";
    /** Before the last result, while the next check is under way (management guide, 9.1, check_status). */
    private static final String UNDER_WAY = "* ";

    /** Whether it is checked at all: in maintenance, or without {@code check} in its line, it is not. */
    boolean checked() {
        return !check.isEmpty();
    }

    /**
     * What the last finished check says of the primary on that host. A status that is no success comes from its agent: that lives, and says
     * of its server that it does not serve. Neither is a sighting of a primary, and one that counted as such would keep everybody from
     * taking over for a server that is dead, with an agent that the store has lost. Nor is it silence. Somebody who answers nonsense, and
     * trouble inside the proxy itself, say nothing either.
     */
    Answer answer() {
        return switch (check) {
            case "L4OK", "L6OK", "L7OK", "L7OKC" -> Answer.REACHED;
            case "L4TOUT", "L4CON", "L6TOUT", "L7TOUT" -> Answer.UNREACHED;
            default -> Answer.UNKNOWN;
        };
    }

    /**
     * Reads the table out of the reply; what other commands of the same line answered before or after it is skipped.
     *
     * @throws HaproxyException when there is no such table in the reply, or only a part of it
     */
    static List<ServerStat> parse(String reply) {
        List<ServerStat> all = new ArrayList<>();
        List<String> header = List.of();
        for (String line : reply.split("\n", -1)) {
            if (header.isEmpty() && line.startsWith(HEADER)) {
                header = cells(line.substring(2));
            } else if (!header.isEmpty() && line.isBlank() && reply.endsWith("\n\n")) {
                return all;
            } else if (!header.isEmpty()) {
                all.add(row(line, header));
            }
        }
        throw unknown("no whole statistics in the reply '" + reply.strip() + "': is this HAProxy's runtime API?");
    }

    private static ServerStat row(String line, List<String> header) {
        List<String> cells = cells(line);
        String check = cell(cells, header, "check_status", line);
        boolean checking = check.startsWith(UNDER_WAY);
        String sessions = cell(cells, header, "scur", line);
        try {
            return new ServerStat(
                    cell(cells, header, "svname", line),
                    Integer.parseInt(sessions),
                    checking ? check.substring(UNDER_WAY.length()) : check,
                    checking);
        } catch (NumberFormatException e) {
            throw unknown("scur is '" + sessions + "', expected a number: '" + line + "'");
        }
    }

    private static String cell(List<String> cells, List<String> header, String name, String line) {
        int column = header.indexOf(name);
        if (column < 0 || column >= cells.size()) {
            throw unknown("no column " + name + " in the statistics: '" + line + "' under header " + header);
        }
        return cells.get(column);
    }

    /** Splits at commas outside quotes; a quote inside quotes is doubled. */
    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }

    private static HaproxyException unknown(String message) {
        return new HaproxyException(HaproxyException.Kind.UNKNOWN_REPLY, message);
    }
}
