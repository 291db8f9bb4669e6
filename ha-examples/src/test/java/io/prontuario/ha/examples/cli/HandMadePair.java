package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.local.Unprivileged;
import io.prontuario.ha.postgres.Credentials;
import io.prontuario.ha.postgres.ManagedSettings;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.postgres.PostgresInstallation;
import io.prontuario.ha.postgres.PostgresServer;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** A primary with PostgreSQL's defaults and a standby that its commits wait for, as a person makes them. */
final class HandMadePair {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** What the library would set otherwise. */
    private static final List<String> DEFAULTS = List.of(
            "superuser_reserved_connections = 3",
            "hot_standby_feedback = off",
            "wal_keep_size = 0",
            "wal_retrieve_retry_interval = 5s",
            "wal_receiver_timeout = 60s",
            "wal_sender_timeout = 60s",
            "wal_receiver_status_interval = 10s",
            "restart_after_crash = on");

    private HandMadePair() {}

    static void start(Path primaryData, int primaryPort, Path standbyData, int standbyPort)
            throws IOException, SQLException {
        PostgresServer primary = server(primaryData, primaryPort);
        primary.initialise(new ManagedSettings(List.of("127.0.0.1/32"), DEFAULTS));
        append(primaryData, "synchronous_standby_names = ''\n");
        primary.start(LIMIT);
        PostgresServer standby = server(standbyData, standbyPort);
        standby.copyFrom(primary.address(), LIMIT);
        append(
                standbyData,
                "primary_conninfo = 'host=127.0.0.1 port=" + primaryPort
                        + " user=postgres application_name=by_hand'\nprimary_slot_name = 'by_hand'\n");
        NodeFolder.handOver(Files.createFile(standbyData.resolve("standby.signal")));
        try (Connection connection = primary.connect(LIMIT);
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_create_physical_replication_slot('by_hand')");
            standby.start(LIMIT);
            statement.execute("alter system set synchronous_standby_names = 'FIRST 1 (by_hand)'");
            statement.execute("select pg_reload_conf()");
            // Waits for it.
            statement.execute("create table by_hand (entry int)");
        }
    }

    /** With a folder of its own for the log: the agents' does not exist yet. */
    private static PostgresServer server(Path data, int port) {
        return new PostgresServer(
                PostgresInstallation.at(
                        PostgresInstallation.find()
                                .orElseThrow(() -> new IllegalStateException("no PostgreSQL server programs found")),
                        Unprivileged.needed() ? "postgres" : ""),
                data,
                data.resolveSibling("by-hand"),
                new PostgresAddress("127.0.0.1", port),
                new Credentials("postgres", ""),
                Ticker.system());
    }

    private static void append(Path data, String text) throws IOException {
        Files.writeString(data.resolve("postgresql.auto.conf"), text, StandardOpenOption.APPEND);
    }
}
