package io.prontuario.ha.examples.measure;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * How a crowd of users fared.
 *
 * @param acknowledged how many requests were
 * @param failed how many were not, by SQLSTATE or {@code HTTP}
 * @param longestStall the longest time that one user was without an acknowledgement, from one to his next
 * @param longestSilence the longest time in which nobody had one
 * @param lost acknowledged rows that are missing on a server
 */
public record Stalls(
        int acknowledged, Map<String, Integer> failed, Duration longestStall, Duration longestSilence, int lost) {

    /** From each user's requests, and from the rows that the servers have in the end. */
    public static Stalls of(List<List<Request>> users, Collection<Clients> servers) throws SQLException {
        List<Set<Long>> present = new ArrayList<>();
        for (Clients server : servers) {
            present.add(Account.present(server));
        }
        return comparedWith(users, present);
    }

    /**
     * The same, for those who keep their rows elsewhere.
     *
     * @param present the ids that each server has in the end
     */
    public static Stalls comparedWith(List<List<Request>> users, Collection<Set<Long>> present) {
        long stall =
                users.stream().mapToLong(own -> longestGap(ends(own))).max().orElse(0);
        long silence = longestGap(users.stream().flatMapToLong(Stalls::ends).sorted());
        Map<String, Integer> failed = new TreeMap<>();
        Set<Long> acknowledged = new HashSet<>();
        for (List<Request> own : users) {
            for (Request request : own) {
                if (request.acknowledged()) {
                    acknowledged.add(request.id());
                } else {
                    failed.merge(request.failure().split(" ", 2)[0], 1, Integer::sum);
                }
            }
        }
        Set<Long> lost = new HashSet<>();
        for (Set<Long> server : present) {
            Set<Long> missing = new HashSet<>(acknowledged);
            missing.removeAll(server);
            lost.addAll(missing);
        }
        return new Stalls(acknowledged.size(), failed, Duration.ofNanos(stall), Duration.ofNanos(silence), lost.size());
    }

    private static LongStream ends(List<Request> own) {
        return own.stream().filter(Request::acknowledged).mapToLong(Request::toNanos);
    }

    private static long longestGap(LongStream inOrder) {
        long[] times = inOrder.toArray();
        long longest = 0;
        for (int i = 1; i < times.length; i++) {
            longest = Math.max(longest, times[i] - times[i - 1]);
        }
        return longest;
    }

    /** How many requests failed. */
    public int failures() {
        return failed.values().stream().mapToInt(Integer::intValue).sum();
    }
}
