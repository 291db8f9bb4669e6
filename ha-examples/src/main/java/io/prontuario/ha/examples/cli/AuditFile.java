package io.prontuario.ha.examples.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The audit trail outside the store: a JSON object a line. */
final class AuditFile {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private AuditFile() {}

    static String line(AuditRecord one) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("number", one.number());
        map.put("at", one.entry().at().toString());
        map.put("who", one.entry().who());
        map.put("kind", one.entry().kind().name());
        map.put("what", one.entry().what());
        map.put("why", one.entry().why());
        map.put("evidence", one.entry().evidence());
        map.put("previous", one.previous());
        map.put("hash", one.hash());
        return GSON.toJson(map);
    }

    static List<AuditRecord> read(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank())
                    .map(AuditFile::record)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            throw new IllegalArgumentException(file + " is no export of an audit trail: " + e.getMessage(), e);
        }
    }

    private static AuditRecord record(String line) {
        JsonObject map = JsonParser.parseString(line).getAsJsonObject();
        return new AuditRecord(
                map.get("number").getAsLong(),
                map.get("previous").getAsString(),
                new AuditEntry(
                        Instant.parse(map.get("at").getAsString()),
                        map.get("who").getAsString(),
                        AuditEntry.Kind.valueOf(map.get("kind").getAsString()),
                        map.get("what").getAsString(),
                        map.get("why").getAsString(),
                        map.get("evidence").getAsString()),
                map.get("hash").getAsString());
    }
}
