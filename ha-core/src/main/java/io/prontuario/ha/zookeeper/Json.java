package io.prontuario.ha.zookeeper;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.StoreUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How what nodes say lies in the store: JSON, unknown fields tolerated so that nodes of two versions can live side by side. An unknown
 * constant of an enum is told from a missing one; the record itself is read by {@link RecordCodec}.
 */
final class Json {
    private static final Gson GSON = new GsonBuilder()
            .registerTypeAdapter(Copy.class, text(Copy::toString, Copy::parse))
            .registerTypeAdapter(NodeName.class, text(NodeName::value, NodeName::new))
            .registerTypeAdapter(Instant.class, text(Instant::toString, Instant::parse))
            .registerTypeAdapter(Duration.class, text(Duration::toString, Duration::parse))
            .registerTypeAdapterFactory(new KnownConstants())
            .create();

    private Json() {}

    /** The emergency with the id of the write that produced it. */
    record EmergencyEnvelope(String writeId, Emergency emergency) {}

    static byte[] bytes(Object value) {
        return GSON.toJson(value).getBytes(StandardCharsets.UTF_8);
    }

    static JsonElement tree(Object value) {
        return GSON.toJsonTree(value);
    }

    static <T> T from(JsonElement tree, Class<T> type) {
        try {
            return GSON.fromJson(tree, type);
        } catch (JsonParseException e) {
            throw e;
        } catch (RuntimeException e) {
            // What a record's constructor refuses comes wrapped.
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new JsonParseException("no " + type.getSimpleName() + ": " + why.getMessage(), e);
        }
    }

    /**
     * As {@link #read}, of what is going to be replaced as a whole: what would get lost by that makes it unreadable.
     *
     * @throws StoreUnavailableException when it is of a later version, or nothing that can be read
     */
    static <T> T whole(byte[] bytes, Class<T> type, String path) {
        try {
            T value = read(bytes, type, path);
            JsonElement was = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8));
            lost(type.getSimpleName(), was, tree(value)).ifPresent(what -> {
                throw new StoreUnavailableException(path + " holds " + what
                        + ", which this version of the library does not know: update this node (docs/operations.md)");
            });
            return value;
        } catch (IllegalStateException e) {
            throw new StoreUnavailableException(e.getMessage() + "; is it of a later version? (docs/operations.md)", e);
        }
    }

    static <T> T read(byte[] bytes, Class<T> type, String path) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            T value = from(JsonParser.parseString(text), type);
            if (value == null) {
                throw new IllegalStateException(path + " is empty; expected a " + type.getSimpleName());
            }
            return value;
        } catch (JsonParseException | IllegalArgumentException | NullPointerException e) {
            throw new IllegalStateException(
                    path + " does not hold a " + type.getSimpleName() + " (" + e.getMessage() + "): " + text, e);
        }
    }

    /** The first thing of {@code was} that {@code is} does not have any more; null stands for nothing. */
    static Optional<String> lost(String path, JsonElement was, @Nullable JsonElement is) {
        if (was.isJsonNull()) {
            return Optional.empty();
        }
        if (was.isJsonObject() && is != null && is.isJsonObject()) {
            return was.getAsJsonObject().entrySet().stream()
                    .flatMap(
                            field -> lost(
                                    path + "." + field.getKey(),
                                    field.getValue(),
                                    is.getAsJsonObject().get(field.getKey()))
                                    .stream())
                    .findFirst();
        }
        boolean same = is != null
                && (was.isJsonArray()
                        // A set that a person has put back may be in another order.
                        ? is.isJsonArray() && elements(was.getAsJsonArray()).equals(elements(is.getAsJsonArray()))
                        : is.isJsonPrimitive() && was.getAsString().equals(is.getAsString()));
        return same ? Optional.empty() : Optional.of(path + " = " + was);
    }

    private static Set<String> elements(JsonArray array) {
        return array.asList().stream().map(JsonElement::toString).collect(Collectors.toSet());
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

    /** A constant that this version does not know is refused: left alone, Gson would read it as null. */
    private static final class KnownConstants implements TypeAdapterFactory {
        @Override
        public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
            if (!type.getRawType().isEnum()) {
                return null;
            }
            TypeAdapter<T> usual = gson.getDelegateAdapter(this, type);
            return new TypeAdapter<T>() {
                @Override
                public void write(JsonWriter out, T value) throws IOException {
                    usual.write(out, value);
                }

                @Override
                public T read(JsonReader in) throws IOException {
                    String name = in.nextString();
                    T value = usual.fromJsonTree(new JsonPrimitive(name));
                    if (value == null) {
                        throw new JsonParseException(
                                "'" + name + "' is no " + type.getRawType().getSimpleName() + " known here");
                    }
                    return value;
                }
            }.nullSafe();
        }
    }
}
