package io.prontuario.ha.examples.measure;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What became of everything that was acknowledged.
 *
 * @param acknowledged how many writes were
 * @param lost the acknowledged ids that are missing on any of the servers that were read
 * @param doublyAcknowledged acknowledgements by a server later than one under a higher epoch by another
 * @param inDoubt how many writes were not answered
 */
public record Account(int acknowledged, List<Long> lost, List<Acknowledgement> doublyAcknowledged, int inDoubt) {

    /** The least number of acknowledgements that a run must have to say anything. */
    public static final int LEAST_ACKNOWLEDGED = 100;

    public Account {
        lost = List.copyOf(lost);
        doublyAcknowledged = List.copyOf(doublyAcknowledged);
    }

    /**
     * Reads, by SQL on each server directly, which rows are there.
     *
     * @param servers the last primary and every standby
     */
    public static Account of(Ledger ledger, Collection<Clients> servers) throws SQLException {
        List<Acknowledgement> all = ledger.acknowledgements();
        return new Account(
                all.size(), lost(all, servers), doubly(all), ledger.doubts().size());
    }

    /** The ids of those that are missing on any of the servers, in order. */
    public static List<Long> lost(List<Acknowledgement> all, Collection<Clients> servers) throws SQLException {
        Set<Long> lost = new HashSet<>();
        for (Clients server : servers) {
            Set<Long> present = present(server);
            all.stream()
                    .map(Acknowledgement::id)
                    .filter(id -> !present.contains(id))
                    .forEach(lost::add);
        }
        return lost.stream().sorted().toList();
    }

    /** The rows that a server has. */
    public static Set<Long> present(Clients server) throws SQLException {
        Set<Long> ids = new HashSet<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id from emr.entry")) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }

    /** In the order of time, an epoch never goes back, whoever answers. For clients to whom every answer takes the same short time. */
    static List<Acknowledgement> doubly(List<Acknowledgement> all) {
        List<Acknowledgement> inTime = all.stream()
                .sorted(Comparator.comparingLong(Acknowledgement::nanos))
                .toList();
        long highest = 0;
        int port = 0;
        Set<Acknowledgement> found = new HashSet<>();
        for (Acknowledgement one : inTime) {
            if (one.epoch() < highest && one.port() != port) {
                found.add(one);
            } else if (one.epoch() > highest) {
                highest = one.epoch();
                port = one.port();
            }
        }
        return List.copyOf(found);
    }

    /**
     * The same where an answer may be under way for long (a slow link, a host that stops between the standby's word and its own): those
     * that were sent when another server had already acknowledged under a higher epoch. One that was sent before and answered later broke
     * no promise as long as its row is there, which {@link #lost} finds out.
     */
    public static List<Acknowledgement> sentToADeposedServer(List<Acknowledgement> all) {
        List<Acknowledgement> bySending = all.stream()
                .sorted(Comparator.comparingLong(Acknowledgement::sent))
                .toList();
        List<Acknowledgement> byAnswer = all.stream()
                .sorted(Comparator.comparingLong(Acknowledgement::nanos))
                .toList();
        List<Acknowledgement> found = new ArrayList<>();
        long highest = 0;
        int port = 0;
        int answered = 0;
        for (Acknowledgement one : bySending) {
            while (answered < byAnswer.size() && byAnswer.get(answered).nanos() - one.sent() < 0) {
                Acknowledgement earlier = byAnswer.get(answered);
                if (earlier.epoch() > highest) {
                    highest = earlier.epoch();
                    port = earlier.port();
                }
                answered++;
            }
            if (one.epoch() < highest && one.port() != port) {
                found.add(one);
            }
        }
        return List.copyOf(found);
    }
}
