package io.prontuario.ha.examples.emr;

import com.google.gson.Gson;
import io.prontuario.ha.examples.measure.Door;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/**
 * A user of the record, through the proxy: opens the chart, looks at the patient, writes a note. Nothing is repeated for him; whatever is
 * not answered as it should be, he sees.
 */
final class EmrDoor implements Door {
    private static final Gson GSON = new Gson();
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final HttpClient http;
    private final URI record;
    private final long round;

    /**
     * A user's.
     *
     * @param record where the record is
     * @param round tells the notes of this run from those of others
     */
    EmrDoor(HttpClient http, URI record, long round) {
        this.http = http;
        this.record = record;
        this.round = round;
    }

    /** The patient of a user. */
    static UUID patient(int user) {
        return new UUID(0, user + 1L);
    }

    /** Admits the patient of a user. */
    void admit(int user) throws IOException {
        put("/patients/" + patient(user), Map.of("name", "Patient " + user, "born", "1970-01-01"));
    }

    @Override
    public void write(long id, int user) throws IOException {
        UUID patient = patient(user);
        get("/patients/" + patient + "/chart");
        get("/patients/" + patient);
        put("/patients/" + patient + "/notes/" + new UUID(round, id), Map.of("text", "seen, round " + id));
    }

    private void get(String path) throws IOException {
        send(HttpRequest.newBuilder(record.resolve(path)).GET());
    }

    private void put(String path, Map<String, String> body) throws IOException {
        send(HttpRequest.newBuilder(record.resolve(path)).PUT(HttpRequest.BodyPublishers.ofString(GSON.toJson(body))));
    }

    private void send(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<String> response =
                    http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IOException(response.statusCode() + " " + response.body());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
