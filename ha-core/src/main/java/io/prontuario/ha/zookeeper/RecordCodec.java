package io.prontuario.ha.zookeeper;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.RecordFormat;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the record lies in the store: the id of the write that made it, the number of its format, and the state itself.
 *
 * <p>Read are formats up to the one that this version understands, and those only whole: what a later version has put in as an additional
 * field of the state is kept and written back, whatever else would get lost on the way (an unknown constant, a field inside a field)
 * makes the record one that is not understood. A reader that guesses would act by another record than the one that was written.
 */
final class RecordCodec {
    private static final String WRITE_ID = "writeId";
    private static final String FORMAT = "format";
    private static final String STATE = "state";
    /** What versions have written that knew no number. */
    private static final int WITHOUT_NUMBER = 1;

    private static final Set<String> KNOWN = Arrays.stream(ClusterState.class.getRecordComponents())
            .map(RecordComponent::getName)
            .filter(name -> !name.equals(FORMAT))
            .collect(Collectors.toUnmodifiableSet());

    private RecordCodec() {}

    /** What was read: the state, or why it is not understood. */
    record Read(String writeId, @Nullable ClusterState state, String notUnderstood) {
        private static Read not(String writeId, String why) {
            return new Read(writeId, null, why);
        }
    }

    static byte[] bytes(String writeId, ClusterState state) {
        JsonObject fields = fields(state);
        state.format().unknown().forEach((name, text) -> fields.add(name, JsonParser.parseString(text)));
        JsonObject envelope = new JsonObject();
        envelope.addProperty(WRITE_ID, writeId);
        envelope.addProperty(FORMAT, state.format().number());
        envelope.add(STATE, fields);
        return envelope.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static JsonObject fields(ClusterState state) {
        JsonObject fields = Json.tree(state).getAsJsonObject();
        fields.remove(FORMAT);
        return fields;
    }

    /** Never throws: a record that is there and cannot be read is a state of things like another. */
    static Read read(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        String writeId = "";
        try {
            JsonObject envelope = JsonParser.parseString(text).getAsJsonObject();
            writeId = Optional.ofNullable(envelope.get(WRITE_ID))
                    .map(JsonElement::getAsString)
                    .orElse("");
            int number = envelope.has(FORMAT) ? envelope.get(FORMAT).getAsInt() : WITHOUT_NUMBER;
            // Before anything of the state is looked at: it may look as usual and mean something else.
            Optional<String> beyond = new RecordFormat(number, Map.of()).beyond(RecordFormat.UNDERSTOOD);
            return beyond.isPresent()
                    ? Read.not(writeId, beyond.get())
                    : state(writeId, number, envelope.getAsJsonObject(STATE));
        } catch (JsonParseException
                | IllegalArgumentException
                | IllegalStateException
                | UnsupportedOperationException
                | ClassCastException
                | NullPointerException e) {
            return Read.not(
                    writeId,
                    "the record cannot be understood (" + e.getMessage() + "): nothing is changed here"
                            + " until it is put right. It reads: " + text);
        }
    }

    private static Read state(String writeId, int number, JsonObject fields) {
        Map<String, String> unknown = new TreeMap<>();
        for (Map.Entry<String, JsonElement> field : fields.entrySet()) {
            if (!KNOWN.contains(field.getKey())) {
                unknown.put(field.getKey(), field.getValue().toString());
            }
        }
        fields.keySet().removeAll(unknown.keySet());
        ClusterState state = Json.from(fields, ClusterState.class).withFormat(new RecordFormat(number, unknown));
        return Json.lost(STATE, fields, fields(state))
                .map(what -> Read.not(
                        writeId,
                        "the record holds " + what
                                + ", which this version of the library does not know: a later version"
                                + " has written it. Nothing is changed here, the server goes on as it is; update this node"
                                + " (docs/operations.md)"))
                .orElseGet(() -> new Read(writeId, state, ""));
    }
}
