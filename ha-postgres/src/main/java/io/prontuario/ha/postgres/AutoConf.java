package io.prontuario.ha.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
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
        return Optional.ofNullable(readAll().get(setting)).map(AutoConf::unquote);
    }

    /** Changes settings durably, leaving the others byte by byte. The server must be stopped. */
    void set(Map<String, String> changes) {
        Map<String, String> all = readAll();
        changes.forEach((name, value) -> all.put(name, quote(value)));
        StringBuilder text = new StringBuilder("# Written by ALTER SYSTEM and by the agent of this node.\n");
        all.forEach(
                (name, quoted) -> text.append(name).append(" = ").append(quoted).append('\n'));
        Durable.write(file, text.toString().getBytes(StandardCharsets.ISO_8859_1), owner);
    }

    /** As {@code ALTER SYSTEM} writes it: quotes and backslashes doubled. */
    private static String quote(String value) {
        // One character a byte, as the file is read.
        String bytes = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return "'" + bytes.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    private static String unquote(String text) {
        String value = text.length() >= 2 && text.startsWith("'") && text.endsWith("'")
                ? text.substring(1, text.length() - 1).replace("''", "'").replace("\\\\", "\\")
                : text;
        return new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** Names in small letters, and values as they stand there. */
    private Map<String, String> readAll() {
        Map<String, String> all = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return all;
        }
        try {
            // Whatever encoding a person's value is in, it is neither refused nor changed.
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                int equals = line.indexOf('=');
                if (!line.startsWith("#") && equals >= 0) {
                    all.put(
                            line.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                            line.substring(equals + 1).strip());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return all;
    }
}
