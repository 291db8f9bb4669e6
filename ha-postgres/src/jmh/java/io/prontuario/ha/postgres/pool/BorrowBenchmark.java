package io.prontuario.ha.postgres.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.prontuario.ha.postgres.LabServer;
import io.prontuario.ha.postgres.PostgresLab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.postgresql.ds.PGSimpleDataSource;

/** What borrowing and giving back costs here and with HikariCP alone, to the same server; and the same around the shortest of questions. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class BorrowBenchmark {
    private static final int SIZE = 10;

    /** Whose pool. */
    @Param({"hikari", "failover"})
    public String pool;

    private PostgresLab lab;
    private AutoCloseable open;
    private DataSource dataSource;

    @Setup(Level.Trial)
    public void start() {
        lab = new PostgresLab();
        LabServer server = lab.primary("studio-1");
        if (pool.equals("hikari")) {
            PGSimpleDataSource plain = new PGSimpleDataSource();
            plain.setUrl("jdbc:postgresql://" + server.address() + "/postgres");
            plain.setUser("postgres");
            HikariConfig configuration = new HikariConfig();
            configuration.setMaximumPoolSize(SIZE);
            configuration.setDataSource(plain);
            HikariDataSource hikari = new HikariDataSource(configuration);
            dataSource = hikari;
            open = hikari;
        } else {
            FailoverDataSource ours = FailoverDataSource.of(PoolSettings.builder()
                    .server(server.copy().node(), server.address())
                    .database("postgres")
                    .user("postgres")
                    .size(SIZE)
                    .build());
            ours.strategy().reconcile(PoolRecords.active(1, server));
            dataSource = ours;
            open = ours;
        }
    }

    @TearDown(Level.Trial)
    public void end() throws Exception {
        open.close();
        lab.close();
    }

    @Benchmark
    public boolean borrow() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return connection != null;
        }
    }

    @Benchmark
    public int borrowAndAsk() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select 1")) {
            row.next();
            return row.getInt(1);
        }
    }
}
