package io.prontuario.ha.postgres;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the log of a stopped data directory ends. */
final class WalEnd {
    private static final Pattern RECORD = Pattern.compile("lsn: ([0-9A-F]+/[0-9A-F]+)");

    private WalEnd() {}

    /**
     * The position of the last valid record, found by reading the log on from the last checkpoint's redo position; the control file
     * alone knows lower bounds only.
     */
    static long of(PostgresServer server, int timeline, Duration limit) {
        Map<String, String> control = server.controlData();
        String redo = control.getOrDefault("Latest checkpoint's REDO location", "0/0");
        long end = Math.max(
                TimelineHistory.position(control.getOrDefault("Minimum recovery ending location", "0/0")),
                TimelineHistory.position(control.getOrDefault("Latest checkpoint location", "0/0")));
        // It ends with an error at the first invalid record, which is how a log ends.
        Command.Result result = server.installation()
                .run(
                        limit,
                        Map.of(),
                        List.of(
                                "pg_waldump",
                                "-p",
                                server.data().resolve("pg_wal").toString(),
                                "-t",
                                Integer.toString(timeline),
                                "-s",
                                redo));
        Matcher matcher = RECORD.matcher(result.output());
        while (matcher.find()) {
            end = Math.max(end, TimelineHistory.position(matcher.group(1)));
        }
        return end;
    }
}
