package io.prontuario.ha.zookeeper;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/** How records lie in the store: JSON, unknown fields tolerated so that nodes of two versions can live side by side. */
final class Json {
    private static final Gson GSON = new GsonBuilder()
            .registerTypeAdapter(Copy.class, text(Copy::toString, Copy::parse))
            .registerTypeAdapter(NodeName.class, text(NodeName::value, NodeName::new))
            .registerTypeAdapter(Instant.class, text(Instant::toString, Instant::parse))
            .registerTypeAdapter(Duration.class, text(Duration::toString, Duration::parse))
            .create();

    private Json() {}

    /** The record with the id of the write that produced it. */
    record Envelope(String writeId, ClusterState state) {}

    /** The emergency with the id of the write that produced it. */
    record EmergencyEnvelope(String writeId, Emergency emergency) {}

    static byte[] bytes(Object value) {
        return GSON.toJson(value).getBytes(StandardCharsets.UTF_8);
    }

    static <T> T read(byte[] bytes, Class<T> type, String path) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            T value = GSON.fromJson(text, type);
            if (value == null) {
                throw new IllegalStateException(path + " is empty; expected a " + type.getSimpleName());
            }
            return value;
        } catch (JsonParseException | IllegalArgumentException | NullPointerException e) {
            throw new IllegalStateException(
                    path + " does not hold a " + type.getSimpleName() + " (" + e.getMessage() + "): " + text, e);
        }
    }

    private static <T> TypeAdapter<T> text(Function<T, String> write, Function<String, T> read) {
        return new TypeAdapter<T>() {
            @Override
            public void write(JsonWriter out, T value) throws IOException {
                out.value(write.apply(value));
            }

            @Override
            public T read(JsonReader in) throws IOException {
                return read.apply(in.nextString());
            }
        }.nullSafe();
    }
}
