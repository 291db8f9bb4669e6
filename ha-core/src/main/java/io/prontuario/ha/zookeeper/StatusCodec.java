package io.prontuario.ha.zookeeper;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeStatus;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a node has published, be it of another version: unknown fields are ignored, and of a server whose condition has no name here
 * nothing is known. One status that cannot be read says nothing, and does not keep the others from being read.
 */
final class StatusCodec {
    private static final Logger LOG = LoggerFactory.getLogger(StatusCodec.class);
    private static final String DATA = "data";

    private StatusCodec() {}

    static Optional<NodeStatus> read(byte[] bytes, String path) {
        try {
            JsonObject said = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
                    .getAsJsonObject();
            try {
                return Optional.of(Json.from(said, NodeStatus.class));
            } catch (JsonParseException | IllegalArgumentException | NullPointerException e) {
                if (!said.has(DATA)) {
                    throw e;
                }
                said.remove(DATA);
                LOG.debug("of the server in {} nothing is known: {}", path, e.toString());
                return Optional.of(Json.from(said, NodeStatus.class).withData(DataStatus.UNKNOWN));
            }
        } catch (JsonParseException | IllegalArgumentException | IllegalStateException | NullPointerException e) {
            LOG.debug("{} is taken for nothing: {}", path, e.toString());
            return Optional.empty();
        }
    }
}
