package io.prontuario.ha.examples.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.prontuario.ha.model.CommitPromise;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeEvidence;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SyncWait;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the data nodes themselves say that they remember and hold. */
final class Evidence {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private Evidence() {}

    /** One for each data node that answers; of the others nothing is known. */
    static List<NodeEvidence> of(Collection<NodeStatus> nodes) throws InterruptedException {
        HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
        List<NodeEvidence> all = new ArrayList<>();
        for (NodeStatus node : nodes) {
            // Who has said goodbye does not answer, and what it published is of then.
            if (node.role() != NodeRole.DATA || node.leaving()) {
                continue;
            }
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.address() + "/self"))
                        .timeout(LIMIT)
                        .build();
                all.add(parse(
                        node.node(),
                        client.send(request, HttpResponse.BodyHandlers.ofString())
                                .body()));
            } catch (IOException | IllegalArgumentException | IllegalStateException | JsonParseException e) {
                // It was not heard: a plan says so.
            }
        }
        return all;
    }

    /** Throws when it is not what a node answers. */
    static NodeEvidence parse(NodeName node, String body) {
        JsonObject self = JsonParser.parseString(body).getAsJsonObject();
        if (!self.has("server")) {
            throw new IllegalStateException("no data node answers as " + node);
        }
        JsonObject server = self.getAsJsonObject("server");
        String text = server.get("copy").getAsString();
        Copy copy = text.isEmpty() ? null : Copy.parse(text);
        if (copy != null && !copy.node().equals(node)) {
            throw new IllegalStateException(node + " was asked, and the answer is of " + copy);
        }
        return new NodeEvidence(
                node,
                self.has("remembers") ? memory(self.getAsJsonObject("remembers")) : null,
                self.has("promises") ? promise(self.getAsJsonObject("promises")) : null,
                data(server, copy));
    }

    private static NodeMemory memory(JsonObject remembers) {
        return new NodeMemory(
                remembers.get("clusterId").getAsString(),
                remembers.get("epoch").getAsLong(),
                remembers.get("transitionId").getAsString(),
                remembers.get("systemIdentifier").getAsString());
    }

    private static CommitPromise promise(JsonObject promises) {
        return new CommitPromise(
                Durability.valueOf(promises.get("durability").getAsString()),
                promises.get("strictMinimum").getAsInt());
    }

    private static DataStatus data(JsonObject server, @Nullable Copy copy) {
        long received = server.get("received").getAsLong();
        return new DataStatus(
                copy,
                server.get("systemIdentifier").getAsString(),
                ServerCondition.valueOf(server.get("condition").getAsString()),
                ServerMode.valueOf(server.get("mode").getAsString()),
                server.get("timeline").getAsInt(),
                received,
                received,
                0,
                null,
                List.of(),
                server.get("names").getAsString(),
                server.get("namesInEffect").getAsString(),
                SyncWait.NONE,
                "");
    }
}
