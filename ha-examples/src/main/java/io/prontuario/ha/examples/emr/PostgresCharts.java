package io.prontuario.ha.examples.emr;

import io.prontuario.ha.postgres.pool.FailoverDataSource;
import io.prontuario.ha.postgres.pool.TransactionWork;
import io.prontuario.ha.postgres.pool.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Patients and their charts in PostgreSQL. Every write is one transaction whose outcome is known, and may be sent again under its id; every
 * read is repeated when the server goes away under it.
 */
final class PostgresCharts implements Charts {
    private static final int ATTEMPTS = 3;
    /** How many entries of a chart, and patients of a search, are shown at most. */
    private static final int MOST = 50;

    private static final String FOREIGN_KEY = "23503";
    /** Instances start together, and "if not exists" alone does not keep two from making the same table (any number does). */
    private static final String ONE_AT_A_TIME = "select pg_advisory_xact_lock(7252011)";

    private static final String TABLES = """
            create schema if not exists emr;
            create table if not exists emr.patient (id uuid primary key, name text not null, born date not null);
            create index if not exists patient_name on emr.patient (lower(name) text_pattern_ops);
            create table if not exists emr.chart (
                id uuid primary key,
                patient uuid not null references emr.patient,
                kind text not null,
                body text not null,
                written timestamptz not null default now());
            create index if not exists chart_of_patient on emr.chart (patient, written desc);
            """;

    private final FailoverDataSource data;

    PostgresCharts(FailoverDataSource data) {
        this.data = data;
    }

    /** Makes what is missing. The role must own the database, or the tables must be there. */
    void createTables() throws SQLException {
        try (Connection connection = data.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(ONE_AT_A_TIME);
            statement.execute(TABLES);
            statement.execute(Transactions.tableSql());
            connection.commit();
        }
    }

    @Override
    public Written admit(Patient patient) throws SQLException {
        return data.transactions().repeated(ATTEMPTS, connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into emr.patient (id, name, born) values (?, ?, ?) on conflict (id) do nothing")) {
                insert.setObject(1, patient.id());
                insert.setString(2, patient.name());
                insert.setObject(3, patient.born());
                if (insert.executeUpdate() == 1) {
                    return Written.NEW;
                }
            }
            return patient(connection, patient.id()).filter(patient::equals).isPresent()
                    ? Written.ALREADY_THERE
                    : Written.TAKEN;
        });
    }

    @Override
    public Written write(Entry entry) throws SQLException {
        try {
            return data.transactions().repeated(ATTEMPTS, connection -> write(connection, entry));
        } catch (SQLException e) {
            if (FOREIGN_KEY.equals(e.getSQLState())) {
                return Written.NO_PATIENT;
            }
            throw e;
        }
    }

    private static Written write(Connection connection, Entry entry) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into emr.chart (id, patient, kind, body) values (?, ?, ?, ?) on conflict (id) do nothing")) {
            insert.setObject(1, entry.id());
            insert.setObject(2, entry.patient());
            insert.setString(3, entry.kind().path());
            insert.setString(4, entry.text());
            if (insert.executeUpdate() == 1) {
                return Written.NEW;
            }
        }
        try (PreparedStatement select =
                connection.prepareStatement("select patient, kind, body from emr.chart where id = ?")) {
            select.setObject(1, entry.id());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                                && entry.patient().equals(row.getObject(1, UUID.class))
                                && entry.kind().path().equals(row.getString(2))
                                && entry.text().equals(row.getString(3))
                        ? Written.ALREADY_THERE
                        : Written.TAKEN;
            }
        }
    }

    @Override
    public Optional<Patient> patient(UUID id) throws SQLException {
        return reading(connection -> patient(connection, id));
    }

    private static Optional<Patient> patient(Connection connection, UUID id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select id, name, born from emr.patient where id = ?")) {
            select.setObject(1, id);
            List<Patient> found = patients(select);
            return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
        }
    }

    /** From the standby as long as it is fresh enough, to spare the primary. */
    @Override
    public List<Patient> named(String beginning) throws SQLException {
        return again(() -> {
            try (Connection connection = data.reads().getConnection();
                    PreparedStatement select = connection.prepareStatement(
                            "select id, name, born from emr.patient where lower(name) like lower(?) || '%'"
                                    + " order by lower(name), id limit " + MOST)) {
                select.setString(1, literal(beginning));
                return patients(select);
            }
        });
    }

    private static String literal(String text) {
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }

    private static List<Patient> patients(PreparedStatement select) throws SQLException {
        List<Patient> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(
                        new Patient(row.getObject(1, UUID.class), row.getString(2), row.getObject(3, LocalDate.class)));
            }
        }
        return found;
    }

    /** From the primary: who has written sees what he wrote. */
    @Override
    public List<Entry> chart(UUID patient) throws SQLException {
        return reading(connection -> {
            List<Entry> found = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(
                    "select id, kind, body from emr.chart where patient = ? order by written desc, id limit " + MOST)) {
                select.setObject(1, patient);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        EntryKind kind = EntryKind.of(row.getString(2)).orElse(EntryKind.NOTE);
                        found.add(new Entry(row.getObject(1, UUID.class), patient, kind, row.getString(3)));
                    }
                }
            }
            return found;
        });
    }

    private <T> T reading(TransactionWork<T> work) throws SQLException {
        return again(() -> {
            try (Connection connection = data.getConnection()) {
                return work.on(connection);
            }
        });
    }

    private interface Reading<T> {
        T once() throws SQLException;
    }

    /** A read changes nothing, so whatever broke it, it may be made again. */
    private static <T> T again(Reading<T> reading) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return reading.once();
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !broken(e)) {
                    throw e;
                }
            }
        }
    }

    /** Whether the connection was lost under it: class 08 connection exception, 57P operator intervention (PostgreSQL docs, appendix A). */
    private static boolean broken(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P");
    }
}
