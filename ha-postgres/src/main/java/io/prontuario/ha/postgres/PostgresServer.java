package io.prontuario.ha.postgres;

import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One server on this machine: a data directory and a port. Creates, starts, stops it and runs PostgreSQL's tools on it; decides nothing.
 *
 * <p>A started server is no child of this process: it outlives it. One call at a time; {@link #pid()} from any thread.
 */
public final class PostgresServer {
    private static final Duration TOOL = Duration.ofSeconds(60);
    /** A server that was launched has written its number by then, on a busy machine too. */
    private static final Duration PID_FILE = Duration.ofSeconds(2);

    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();
    private static final Set<String> TOOLS = Set.of("initdb", "pg_basebackup", "pg_rewind");
    private static final Pattern HISTORY = Pattern.compile("([0-9A-F]{8})[.]history");
    private static final Pattern COMPLAINT = Pattern.compile("\\b(FATAL|PANIC|ERROR|DETAIL|HINT): ");
    private static final int MOST_COMPLAINTS = 5;
    private static final int MOST_LOG_BYTES = 64 * 1024;
    private static final Pattern CONTROL_LINE = Pattern.compile("^([^:]+):\\s*(.*)$", Pattern.MULTILINE);

    private final PostgresInstallation installation;
    private final Path data;
    private final Path state;
    private final PostgresAddress address;
    private final Credentials credentials;
    private final Ticker ticker;
    private volatile String copying = "";

    /**
     * @param state a folder beside the data directory, for the log and what the agent remembers
     */
    public PostgresServer(
            PostgresInstallation installation,
            Path data,
            Path state,
            PostgresAddress address,
            Credentials credentials,
            Ticker ticker) {
        this.installation = installation;
        this.data = data;
        this.state = state;
        this.address = address;
        this.credentials = credentials;
        this.ticker = ticker;
    }

    public PostgresAddress address() {
        return address;
    }

    public Path data() {
        return data;
    }

    Path state() {
        return state;
    }

    PostgresInstallation installation() {
        return installation;
    }

    AutoConf autoConf() {
        return new AutoConf(data, installation);
    }

    /** Whether there is a data directory, trusted or not. */
    public boolean exists() {
        return Files.exists(data.resolve("PG_VERSION"));
    }

    /** Whether there is nothing at all in the directory. */
    boolean vacant() {
        if (!Files.exists(data)) {
            return true;
        }
        try (Stream<Path> files = Files.list(data)) {
            return files.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + data, e);
        }
    }

    /** Whether the directory would start in recovery. */
    public boolean standbySignal() {
        return Files.exists(data.resolve("standby.signal"));
    }

    void standbySignal(boolean wanted) {
        Path file = data.resolve("standby.signal");
        if (wanted) {
            Durable.write(file, "", installation);
        } else {
            Durable.delete(file);
        }
    }

    /** Creates an empty cluster behind the gate. The directory must be empty or absent. */
    public void initialise(ManagedSettings settings) {
        try {
            Files.createDirectories(state);
            installation.handOver(state);
            Files.createDirectories(data);
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
            installation.handOver(data);
            Path password = state.resolve("initdb.password");
            List<String> words = new ArrayList<>(List.of(
                    "initdb",
                    "-D",
                    data.toString(),
                    "-U",
                    credentials.user(),
                    "--data-checksums",
                    "-E",
                    "UTF8",
                    "--locale=C"));
            if (credentials.password().isEmpty()) {
                words.addAll(List.of("-A", "trust"));
            } else {
                Durable.write(password, credentials.password() + "\n", installation);
                words.addAll(List.of("-A", "scram-sha-256", "--pwfile=" + password));
            }
            Command.Result result = installation.run(TOOL, Map.of(), words);
            Files.deleteIfExists(password);
            require(result, "initdb of " + data);
            Files.writeString(
                    data.resolve("postgresql.conf"),
                    Files.readString(data.resolve("postgresql.conf")) + settings.configuration());
            Files.writeString(data.resolve("pg_hba.conf"), settings.hostBasedAccess(credentials));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot set up " + data, e);
        }
        autoConf().set(Map.of(AutoConf.NAMES, ServerNames.gate().setting()));
    }

    /**
     * Starts the server as its directory is and waits until it accepts connections.
     *
     * @throws PostgresException when it does not within {@code limit}, with the end of its log
     */
    public void start(Duration limit) {
        long deadline = ticker.nanos() + limit.toNanos();
        endOrphans(limit);
        if (standbySignal()) {
            forgetReservations();
        }
        Path log = state.resolve("postgres.log");
        try {
            Files.createDirectories(state);
            installation.handOver(state);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + state, e);
        }
        long logged = length(log);
        String options = "-p " + address.port() + " -c listen_addresses=" + address.host()
                + " -c unix_socket_directories='' -c cluster_name=" + Objects.requireNonNull(data.getFileName());
        Command.Result result = installation.run(
                limit,
                Map.of(),
                List.of("pg_ctl", "-D", data.toString(), "-l", log.toString(), "-o", options, "-W", "start"));
        require(result, "pg_ctl start of " + data);
        long launched = ticker.nanos();
        while (true) {
            Optional<String> refusal = tryConnect();
            if (refusal.isEmpty()) {
                return;
            }
            if (pid().isEmpty() && ticker.nanos() - launched > PID_FILE.toNanos()) {
                throw new PostgresException(
                        "the server in " + data + " ended at once; from " + log + ": " + complaints(log, logged));
            }
            if (ticker.nanos() - deadline > 0) {
                throw new PostgresException("the server in " + data + " does not accept connections on " + address
                        + " after " + limit.toMillis() + " ms (" + refusal.get() + "); from " + log + ": "
                        + complaints(log, logged));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * A promotion that was interrupted has left the timeline ids that it reserved: empty history files above the timeline that this
     * directory is on. A standby takes the highest id that it finds for the one to follow, does not read its own log then
     * ("unexpected timeline ID 1 in log segment", PostgreSQL 15.18) and never accepts a connection. The next promotion reserves again.
     */
    private void forgetReservations() {
        Path folder = data.resolve("pg_wal");
        Map<Integer, Path> reserved = new TreeMap<>();
        int own = 1;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher history = HISTORY.matcher(String.valueOf(file.getFileName()));
                if (history.matches()) {
                    int id = Integer.parseInt(history.group(1), 16);
                    if (Files.size(file) == 0) {
                        reserved.put(id, file);
                    } else {
                        own = Math.max(own, id);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look through " + folder, e);
        }
        if (reserved.isEmpty()) {
            return;
        }
        own = Math.max(own, Integer.parseInt(controlData().getOrDefault("Latest checkpoint's TimeLineID", "1")));
        // Those below the timeline it is on are between two real ones: without them it would not find its own way.
        int highest = own;
        reserved.forEach((id, file) -> {
            if (id > highest) {
                Durable.delete(file);
            }
        });
    }

    private static long length(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private Optional<String> tryConnect() {
        try (Connection connection = Sql.connect(address, credentials, Duration.ofSeconds(2))) {
            Sql.value(connection, "select 1");
            return Optional.empty();
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith("28")) {
                throw new PostgresException(
                        "the server on " + address + " refuses user " + credentials.user() + " (" + e.getMessage()
                                + "): check postgres.user and postgres.password, and pg_hba.conf there",
                        e);
            }
            return Optional.of(Objects.toString(e.getMessage()));
        }
    }

    /** Stops it, fast; with {@code immediate} without a shutdown checkpoint. Answers whether it is gone within the limit. */
    public boolean stop(boolean immediate, Duration limit) {
        OptionalLong pid = pid();
        if (pid.isEmpty()) {
            return true;
        }
        long seconds = Math.max(1, limit.toSeconds());
        installation.run(
                limit.plusSeconds(2),
                Map.of(),
                List.of(
                        "pg_ctl",
                        "-D",
                        data.toString(),
                        "-m",
                        immediate ? "immediate" : "fast",
                        "-w",
                        "-t",
                        Long.toString(seconds),
                        "stop"));
        return pid().isEmpty();
    }

    /** Tells it to stop, fast, and does not wait: {@code pg_ctl -w} looks only ten times a second. */
    void stopWithoutWaiting() {
        installation.run(TOOL, Map.of(), List.of("pg_ctl", "-D", data.toString(), "-m", "fast", "-W", "stop"));
    }

    Path controlFile() {
        return data.resolve("global").resolve("pg_control");
    }

    /** When the control file was last changed, in nanoseconds of some clock; 0 when there is none. */
    long controlFileChanged() {
        try {
            return Files.getLastModifiedTime(controlFile()).to(TimeUnit.NANOSECONDS);
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Ends it and all its processes at once (SIGKILL): a server that is stopped or stuck obeys nothing else. As after a power cut, it needs
     * a recovery, and what it had not flushed is lost: only for one whose commits do not matter any more. Answers whether it is gone
     * within the limit; a process that hangs in the kernel is not.
     */
    boolean kill(Duration limit) {
        long deadline = ticker.nanos() + limit.toNanos();
        OptionalLong running = pid();
        if (running.isPresent()) {
            long pid = running.getAsLong();
            if (ProcessStat.isThere() && !worksIn(pid, data)) {
                // Its number belongs to a server of somebody else's by now.
                return false;
            }
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        while (pid().isPresent()) {
            if (ticker.nanos() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return endOrphans(Duration.ofNanos(Math.max(0, deadline - ticker.nanos())));
    }

    /** The process id of the running postmaster; empty when none runs on this directory. */
    public OptionalLong pid() {
        Path file = data.resolve("postmaster.pid");
        try {
            if (!Files.exists(file)) {
                return OptionalLong.empty();
            }
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            int end = text.indexOf('\n');
            long pid = Long.parseLong((end < 0 ? text : text.substring(0, end)).strip());
            return pid > 0 && isPostgres(pid) ? OptionalLong.of(pid) : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            // The file is being written or removed at this moment; the next look tells.
            return OptionalLong.empty();
        }
    }

    /**
     * Whether no postmaster runs on this directory, or one that will never do anything again: the kernel is at its end. Taking its memory
     * apart lasts some milliseconds more (measured: 5 to 15 with busy processors), which an outage need not wait for.
     */
    boolean isDead() {
        OptionalLong pid = pid();
        return pid.isEmpty()
                || ProcessStat.of(pid.getAsLong()).map(ProcessStat::exiting).orElse(false);
    }

    /** Another program may have got the number since; a dead process that nobody has reaped is dead. */
    private static boolean isPostgres(long pid) {
        if (ProcessStat.isThere()) {
            return ProcessStat.of(pid)
                    .map(stat -> stat.command().equals("postgres") && !stat.unreaped())
                    .orElse(false);
        }
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().command())
                .map(command -> command.contains("postgres"))
                .orElse(false);
    }

    /**
     * After a kill of the postmaster alone, busy backends live on for a while, hold the shared memory and block the next start and
     * pg_rewind. Ends those of this data directory: their working directory is it. Answers whether none is left.
     */
    boolean endOrphans(Duration limit) {
        if (pid().isPresent() || !ProcessStat.isThere()) {
            return pid().isEmpty();
        }
        long deadline = ticker.nanos() + limit.toNanos();
        while (true) {
            List<ProcessHandle> orphans = ProcessHandle.allProcesses()
                    .filter(process -> isPostgres(process.pid()) && worksIn(process.pid(), data))
                    .toList();
            if (orphans.isEmpty()) {
                // Nobody works here any more. PostgreSQL itself goes by the number in the file: it refuses to start,
                // and so
                // does pg_rewind, while a dead postmaster has not been reaped or its number belongs to somebody else.
                Durable.delete(data.resolve("postmaster.pid"));
                return true;
            }
            if (ticker.nanos() - deadline > 0) {
                return false;
            }
            orphans.forEach(ProcessHandle::destroyForcibly);
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * Ends tools that a killed agent has left at work on this directory: a pg_basebackup that outlived it would go on writing older
     * pages into the files of the next copy.
     *
     * @throws PostgresException when one does not end within {@code limit}
     */
    void endTools(Duration limit) {
        long deadline = ticker.nanos() + limit.toNanos();
        while (true) {
            List<ProcessHandle> tools =
                    ProcessHandle.allProcesses().filter(this::isToolHere).toList();
            if (tools.isEmpty()) {
                return;
            }
            if (ticker.nanos() - deadline > 0) {
                throw new PostgresException("process " + tools.get(0).pid()
                        + ", left by a former agent, still works on " + data + ": end it by hand");
            }
            tools.forEach(ProcessHandle::destroyForcibly);
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private boolean isToolHere(ProcessHandle process) {
        String program = process.info().command().orElse("");
        return TOOLS.contains(program.substring(program.lastIndexOf('/') + 1))
                && process.info()
                        .arguments()
                        .filter(words -> List.of(words).contains(data.toString()))
                        .isPresent()
                && seesSame(process.pid());
    }

    /** Whether what that process calls by this path is this folder; where that cannot be told, it is taken for it. */
    private boolean seesSame(long pid) {
        try {
            return !ProcessStat.isThere() || Files.isSameFile(Path.of("/proc/" + pid + "/root" + data), data);
        } catch (IOException e) {
            return true;
        }
    }

    /** By the folder itself: in another mount namespace another node's has the same path. */
    static boolean worksIn(long pid, Path folder) {
        try {
            return Files.isSameFile(Path.of("/proc/" + pid + "/cwd"), folder);
        } catch (IOException e) {
            return false;
        }
    }

    /** What {@code pg_controldata} says, by its labels. */
    Map<String, String> controlData() {
        Command.Result result = installation.run(TOOL, Map.of(), List.of("pg_controldata", "-D", data.toString()));
        require(result, "pg_controldata of " + data);
        Map<String, String> lines = new LinkedHashMap<>();
        Matcher matcher = CONTROL_LINE.matcher(result.output());
        while (matcher.find()) {
            lines.put(matcher.group(1), matcher.group(2));
        }
        return lines;
    }

    String systemIdentifier() {
        return Objects.requireNonNullElse(controlData().get("Database system identifier"), "");
    }

    /** The history of a timeline as this directory knows it; a timeline without a file has no ancestors. */
    TimelineHistory history(int timeline) {
        Path file = data.resolve("pg_wal").resolve(TimelineHistory.fileName(timeline));
        try {
            return TimelineHistory.parse(timeline, Files.exists(file) ? Files.readString(file) : "");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Copies {@code source}'s data into this empty directory. */
    public void copyFrom(PostgresAddress source, Duration limit) {
        try {
            Files.createDirectories(state);
            installation.handOver(state);
            Files.createDirectories(data);
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
            installation.handOver(data);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + data, e);
        }
        copying = "copying from " + source;
        try {
            Command.Result result = installation.run(
                    limit,
                    passwordEnvironment(),
                    List.of(
                            "pg_basebackup",
                            "-D",
                            data.toString(),
                            "-d",
                            connectionString(source, "prontuario-copy"),
                            "-X",
                            "stream",
                            "-c",
                            "fast",
                            "--progress"),
                    soFar -> CopyProgress.last(soFar)
                            .ifPresent(progress -> copying = "copying from " + source + ": " + progress));
            require(
                    new Command.Result(result.exit(), CopyProgress.without(result.output())),
                    "pg_basebackup from " + source + " to " + data);
        } finally {
            copying = "";
        }
    }

    /** How far the copy into this directory is, for a person; empty while there is none under way. Any thread may ask. */
    String copying() {
        return copying;
    }

    /** Rewinds this stopped directory to where it can follow {@code source}. Answers the tool's words; its failure leaves the data untrusted. */
    Command.Result rewindTo(PostgresAddress source, Duration limit) {
        return installation.run(
                limit,
                passwordEnvironment(),
                List.of(
                        "pg_rewind",
                        "-D",
                        data.toString(),
                        "--source-server",
                        connectionString(source, "prontuario-copy") + " dbname=postgres"));
    }

    /** A libpq connection string; the password comes by a file. */
    String connectionString(PostgresAddress source, String applicationName) {
        String text = "host=" + source.host() + " port=" + source.port() + " user=" + credentials.user()
                + " application_name=" + applicationName + " connect_timeout=2"
                + (credentials.authorities() == null
                        ? ""
                        // Where there is none: libpq would look in the home folder, which may be root's and closed to
                        // it.
                        : " sslmode=verify-full sslrootcert=" + credentials.authorities() + " sslcert="
                                + state.resolve("client.crt"));
        return credentials.password().isEmpty() ? text : text + " passfile=" + passwordFile();
    }

    private Map<String, String> passwordEnvironment() {
        return credentials.password().isEmpty()
                ? Map.of()
                : Map.of("PGPASSFILE", passwordFile().toString());
    }

    private Path passwordFile() {
        Path file = state.resolve("pgpass");
        String line = "*:*:*:" + credentials.user() + ":"
                + credentials.password().replace("\\", "\\\\").replace(":", "\\:") + "\n";
        try {
            if (!Files.exists(file) || !Files.readString(file).equals(line)) {
                Durable.write(file, line, installation);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return file;
    }

    /** Flushes every file of the data directory (PostgreSQL 15 docs, initdb, {@code --sync-only}). Answers whether that came to its end within the limit. */
    boolean flushEverything(Duration limit) {
        return installation
                .run(limit, Map.of(), List.of("initdb", "--sync-only", "-D", data.toString()))
                .ok();
    }

    /** A connection to this server in autocommit mode. */
    public Connection connect(Duration bound) throws SQLException {
        return Sql.connect(address, credentials, bound);
    }

    Credentials credentials() {
        return credentials;
    }

    private static void require(Command.Result result, String what) {
        if (!result.ok()) {
            throw new PostgresException(what + " failed (exit " + result.exit() + "): " + result.output());
        }
    }

    /** Why a start failed, out of what the server has logged since: its complaints, or the last lines. */
    private static String complaints(Path log, long from) {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            long begin = Math.max(from, channel.size() - MOST_LOG_BYTES);
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, channel.size() - begin));
            channel.read(bytes, begin);
            List<String> lines =
                    new String(bytes.array(), StandardCharsets.UTF_8).lines().toList();
            List<String> complaints = lines.stream()
                    .filter(line -> COMPLAINT.matcher(line).find())
                    // Its answer to everybody who asks too early.
                    .filter(line -> !line.contains("the database system is"))
                    .limit(MOST_COMPLAINTS)
                    .toList();
            return String.join(
                    " | ",
                    complaints.isEmpty()
                            ? lines.subList(Math.max(0, lines.size() - MOST_COMPLAINTS), lines.size())
                            : complaints);
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
