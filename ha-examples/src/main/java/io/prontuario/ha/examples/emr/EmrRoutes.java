package io.prontuario.ha.examples.emr;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.prontuario.ha.Feature;
import io.prontuario.ha.FunctionalityLevel;
import io.prontuario.ha.WebPage;
import io.prontuario.ha.postgres.pool.InDoubtException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the backend answers.
 *
 * <ul>
 *   <li>{@code PUT /patients/ID} with {@code name} and {@code born}; {@code GET /patients/ID}; {@code GET /patients?name=BEGINNING}
 *   <li>{@code PUT /patients/ID/emergency-notes/ID}, {@code notes}, {@code orders}, {@code invoices} with {@code text}; {@code GET
 *       /patients/ID/chart}
 *   <li>{@code GET /level}; {@code PUT /level} with {@code value} and {@code reason}, and the token
 *   <li>{@code GET /up} for the proxy in front; the node's own pages
 * </ul>
 *
 * <p>Whoever writes chooses the id: a request whose answer was lost is sent again as it was, by the proxy too, and is written once.
 */
final class EmrRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(EmrRoutes.class);
    private static final int LONGEST_TEXT = 20_000;
    private static final int LONGEST_NAME = 200;

    private final Charts charts;
    private final PatientCache cache;
    private final FunctionalityLevel level;
    private final BiFunction<String, String, Optional<WebPage>> nodePages;
    private final String token;
    private volatile boolean open;

    /**
     * Closed until {@link #open}.
     *
     * @param nodePages the node's pages, by path and query
     * @param token for changing the level; empty: nobody may
     */
    EmrRoutes(
            Charts charts,
            PatientCache cache,
            FunctionalityLevel level,
            BiFunction<String, String, Optional<WebPage>> nodePages,
            String token) {
        this.charts = charts;
        this.cache = cache;
        this.level = level;
        this.nodePages = nodePages;
        this.token = token;
    }

    /** The tables are there: {@code /up} answers 200 from now on. */
    void open() {
        open = true;
    }

    /** Answers. Never throws; waits as long as the pool's patience. */
    Answer to(Call call) {
        try {
            return routed(call);
        } catch (IllegalArgumentException | DateTimeException | JsonParseException e) {
            return Answer.refused(400, "not understood: " + e.getMessage());
        } catch (InDoubtException e) {
            return Answer.refused(503, "it is not known whether this was written: send the same again");
        } catch (SQLException e) {
            LOG.warn("{} {} failed: {}", call.method(), call.path(), e.getMessage());
            return Answer.refused(503, "the record cannot be reached at this moment: send the same again");
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", call.method(), call.path(), e);
            return Answer.refused(500, "something went wrong here; it is in the log");
        }
    }

    private Answer routed(Call call) throws SQLException {
        if (call.is("GET", "up")) {
            return open ? Answer.json(200, Map.of("up", true)) : Answer.refused(503, "the tables are not there yet");
        }
        if (call.is("GET", "patients")) {
            return ifOpen(
                    EmrFeature.READING,
                    () -> Answer.json(
                            200,
                            charts.named(parameter(call.query(), "name")).stream()
                                    .map(EmrRoutes::shown)
                                    .toList()));
        }
        if (call.is("GET", "patients", "*")) {
            return ifOpen(EmrFeature.READING, () -> patient(id(call, 1)));
        }
        if (call.is("GET", "patients", "*", "chart")) {
            return ifOpen(
                    EmrFeature.READING,
                    () -> Answer.json(
                            200,
                            charts.chart(id(call, 1)).stream()
                                    .map(EmrRoutes::shown)
                                    .toList()));
        }
        if (call.is("PUT", "patients", "*")) {
            return ifOpen(EmrFeature.EMERGENCY, () -> admit(call));
        }
        if (call.is("PUT", "patients", "*", "*", "*")) {
            Optional<EntryKind> kind = EntryKind.of(call.path().get(2));
            if (kind.isPresent()) {
                return ifOpen(kind.get().feature(), () -> write(call, kind.get()));
            }
        }
        if (call.is("GET", "level")) {
            return level();
        }
        if (call.is("PUT", "level")) {
            return changeLevel(call);
        }
        return call.method().equals("GET") && call.path().size() == 1
                ? nodePages
                        .apply("/" + call.path().get(0), call.query())
                        .map(page -> new Answer(page.status(), page.contentType(), page.body()))
                        .orElseGet(EmrRoutes::nothingThere)
                : nothingThere();
    }

    private static Answer nothingThere() {
        return Answer.refused(404, "there is nothing of that method and path");
    }

    private interface Doing {
        Answer answer() throws SQLException;
    }

    private Answer ifOpen(Feature feature, Doing doing) throws SQLException {
        if (level.allows(feature)) {
            return doing.answer();
        }
        Map<String, Object> closed = new LinkedHashMap<>();
        closed.put("error", feature.name() + " is closed: " + level.summary());
        closed.put("closed", feature.name());
        closed.put("level", level.value());
        return Answer.json(503, closed);
    }

    private Answer patient(UUID id) throws SQLException {
        Optional<Patient> found = cache.get(id);
        if (found.isEmpty()) {
            found = charts.patient(id);
            found.ifPresent(cache::put);
        }
        return found.map(patient -> Answer.json(200, shown(patient)))
                .orElseGet(() -> Answer.refused(404, "there is no patient " + id));
    }

    private Answer admit(Call call) throws SQLException {
        JsonObject body = object(call.body());
        Patient patient = new Patient(
                id(call, 1), text(body, "name", LONGEST_NAME), LocalDate.parse(text(body, "born", LONGEST_NAME)));
        return written(charts.admit(patient), patient.id());
    }

    private Answer write(Call call, EntryKind kind) throws SQLException {
        Entry entry = new Entry(id(call, 3), id(call, 1), kind, text(object(call.body()), "text", LONGEST_TEXT));
        return written(charts.write(entry), entry.id());
    }

    private static Answer written(Charts.Written written, UUID id) {
        return switch (written) {
            case NEW -> Answer.json(201, Map.of("id", id.toString()));
            case ALREADY_THERE -> Answer.json(200, Map.of("id", id.toString()));
            case TAKEN -> Answer.refused(409, "something else is written under " + id + ": choose another id");
            case NO_PATIENT -> Answer.refused(404, "there is no such patient: admit the patient first");
        };
    }

    private Answer level() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("level", level.value());
        shown.put("reason", level.reason());
        shown.put("closed", level.closed().stream().map(Feature::name).toList());
        return Answer.json(200, shown);
    }

    private Answer changeLevel(Call call) {
        // Compared in the same time however much of it is right.
        if (token.isEmpty()
                || !MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.UTF_8), call.bearer().getBytes(StandardCharsets.UTF_8))) {
            return Answer.refused(401, "the level is changed with the token of this service alone");
        }
        JsonObject body = object(call.body());
        level.set(number(body, "value"), text(body, "reason", LONGEST_NAME));
        return level();
    }

    private static UUID id(Call call, int segment) {
        return UUID.fromString(call.path().get(segment));
    }

    private static JsonObject object(String body) {
        JsonElement parsed = JsonParser.parseString(body);
        if (!parsed.isJsonObject()) {
            throw new IllegalArgumentException("the body is no JSON object");
        }
        return parsed.getAsJsonObject();
    }

    private static JsonElement value(JsonObject body, String name) {
        JsonElement value = body.get(name);
        if (value == null || !value.isJsonPrimitive()) {
            throw new IllegalArgumentException("'" + name + "' is missing");
        }
        return value;
    }

    private static String text(JsonObject body, String name, int longest) {
        String text = value(body, name).getAsString();
        if (text.isBlank() || text.length() > longest || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "'" + name + "' must have 1 to " + longest + " characters, none of them NUL");
        }
        return text;
    }

    private static int number(JsonObject body, String name) {
        return value(body, name).getAsInt();
    }

    private static String parameter(String query, String name) {
        for (String pair : query.split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        throw new IllegalArgumentException("the parameter '" + name + "' is missing");
    }

    private static Map<String, String> shown(Patient patient) {
        return Map.of(
                "id",
                patient.id().toString(),
                "name",
                patient.name(),
                "born",
                patient.born().toString());
    }

    private static Map<String, String> shown(Entry entry) {
        return Map.of("id", entry.id().toString(), "kind", entry.kind().path(), "text", entry.text());
    }
}
