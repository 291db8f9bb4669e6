package io.prontuario.ha.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The server's {@code postgresql.auto.conf}: what {@code ALTER SYSTEM} writes. Read at any time; written here only while the server is
 * stopped.
 */
final class AutoConf {
    static final String NAMES = "synchronous_standby_names";

    private final Path file;
    private final PostgresInstallation owner;

    AutoConf(Path dataFolder, PostgresInstallation owner) {
        this.file = dataFolder.resolve("postgresql.auto.conf");
        this.owner = owner;
    }

    /** The value of a setting in the file; empty when it is not set there. The last of several counts, as for the server. */
    Optional<String> get(String setting) {
        return Optional.ofNullable(readAll().get(setting));
    }

    /** Changes settings durably, leaving the others. The server must be stopped. */
    void set(Map<String, String> changes) {
        Map<String, String> all = readAll();
        all.putAll(changes);
        StringBuilder text = new StringBuilder("# Written by ALTER SYSTEM and by the agent of this node.\n");
        all.forEach((name, value) -> text.append(name)
                .append(" = '")
                .append(value.replace("'", "''"))
                .append("'\n"));
        Durable.write(file, text.toString(), owner);
    }

    private Map<String, String> readAll() {
        Map<String, String> all = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return all;
        }
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                int equals = line.indexOf('=');
                if (line.startsWith("#") || equals < 0) {
                    continue;
                }
                String value = line.substring(equals + 1).strip();
                if (value.length() >= 2 && value.startsWith("'") && value.endsWith("'")) {
                    value = value.substring(1, value.length() - 1).replace("''", "'");
                }
                all.put(line.substring(0, equals).strip(), value);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return all;
    }
}
