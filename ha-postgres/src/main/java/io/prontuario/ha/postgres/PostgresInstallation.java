package io.prontuario.ha.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The PostgreSQL programs of one major version on this machine, and the account that they run under.
 *
 * <p>PostgreSQL refuses to run as root. When this process is root, programs run as {@code account} and files made for the server are
 * handed over to it; otherwise {@code account} must be empty.
 */
public final class PostgresInstallation {
    /** The environment variable that names the folder of the programs to use. */
    public static final String CHOSEN = "HA_POSTGRES_BINARIES";

    static final int OLDEST_MAJOR = 14;
    static final int NEWEST_MAJOR = 18;
    private static final List<String> PROGRAMS =
            List.of("initdb", "pg_ctl", "postgres", "pg_basebackup", "pg_rewind", "pg_controldata", "pg_waldump");
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)(\\.\\d+)?");
    private static final Duration SHORT = Duration.ofSeconds(20);

    private final Path binaries;
    private final String account;
    private final int major;
    private final String version;

    private PostgresInstallation(Path binaries, String account, int major, String version) {
        this.binaries = binaries;
        this.account = account;
        this.major = major;
        this.version = version;
    }

    /**
     * The installation in a folder of binaries.
     *
     * @param binaries the folder that holds {@code initdb}, {@code pg_ctl} and the others
     * @param account the unprivileged account to run them under; empty: this process's own
     * @throws PostgresException naming what is missing or not supported
     */
    public static PostgresInstallation at(Path binaries, String account) {
        List<String> missing = PROGRAMS.stream()
                .filter(program -> !Files.isExecutable(binaries.resolve(program)))
                .toList();
        if (!missing.isEmpty()) {
            throw new PostgresException("no " + String.join(", ", missing) + " in " + binaries
                    + ": install the PostgreSQL server package (apt-get install postgresql, or brew install postgresql@15), or point"
                    + " postgres.binaries at its bin folder");
        }
        String text = Command.run(List.of(binaries.resolve("postgres").toString(), "--version"), Map.of(), SHORT)
                .output();
        Matcher matcher = VERSION.matcher(text);
        if (!matcher.find()) {
            throw new PostgresException("cannot read the version of " + binaries + "/postgres: it says '" + text + "'");
        }
        int major = Integer.parseInt(matcher.group(1));
        if (major < OLDEST_MAJOR || major > NEWEST_MAJOR) {
            throw new PostgresException("PostgreSQL " + major + " in " + binaries + " is not supported: " + OLDEST_MAJOR
                    + " to " + NEWEST_MAJOR + " are");
        }
        return new PostgresInstallation(binaries, account, major, text);
    }

    /**
     * The folder that the environment variable {@value #CHOSEN} names, else that of the newest supported installation in the usual places of
     * Debian and Homebrew.
     */
    public static Optional<Path> find() {
        String chosen = System.getenv(CHOSEN);
        if (chosen != null && !chosen.isEmpty()) {
            return Optional.of(Path.of(chosen));
        }
        List<Path> candidates = new ArrayList<>();
        for (int version = NEWEST_MAJOR; version >= OLDEST_MAJOR; version--) {
            candidates.add(Path.of("/usr/lib/postgresql/" + version + "/bin"));
            candidates.add(Path.of("/opt/homebrew/opt/postgresql@" + version + "/bin"));
            candidates.add(Path.of("/usr/local/opt/postgresql@" + version + "/bin"));
        }
        return candidates.stream()
                .filter(folder -> Files.isExecutable(folder.resolve("postgres")))
                .findFirst();
    }

    public int major() {
        return major;
    }

    public Path binaries() {
        return binaries;
    }

    /** Runs one of the programs to its end. */
    Command.Result run(Duration limit, Map<String, String> environment, List<String> words) {
        return run(limit, environment, words, soFar -> {});
    }

    /** The same; told what the program has written so far, now and then. */
    Command.Result run(Duration limit, Map<String, String> environment, List<String> words, Consumer<String> told) {
        List<String> all = new ArrayList<>();
        if (!account.isEmpty()) {
            all.addAll(List.of("setpriv", "--reuid=" + account, "--regid=" + account, "--init-groups"));
        }
        all.add(binaries.resolve(words.get(0)).toString());
        all.addAll(words.subList(1, words.size()));
        return Command.run(all, environment, limit, told);
    }

    /** Hands a file or folder to the account that the server runs under. */
    void handOver(Path path) {
        if (account.isEmpty()) {
            return;
        }
        try {
            Files.setOwner(
                    path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(account));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot hand " + path + " to " + account, e);
        }
    }

    /** Hands a folder with everything in it over. */
    void handOverTree(Path folder) {
        if (account.isEmpty()) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            all.forEach(this::handOver);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot hand " + folder + " to " + account, e);
        }
    }

    @Override
    public String toString() {
        return version + " in " + binaries;
    }
}
