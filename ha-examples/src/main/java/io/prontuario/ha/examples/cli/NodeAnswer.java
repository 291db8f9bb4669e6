package io.prontuario.ha.examples.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a node's agent itself answers on {@code /status}: what it keeps to itself in the store, since it changes too often.
 *
 * @param coordinating whether it holds the term
 * @param storeReached whether it reaches the store
 * @param obeysRecord whether it obeys the record, as far as it has read one
 * @param troubles what is wrong and has not been taken back, a sentence each
 */
record NodeAnswer(boolean coordinating, boolean storeReached, boolean obeysRecord, List<String> troubles) {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    NodeAnswer {
        troubles = List.copyOf(troubles);
    }

    /** Asks all of them at once; one that does not answer within a second is not in the map. */
    static Map<NodeName, NodeAnswer> askAll(List<NodeStatus> nodes) {
        HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
        Map<NodeName, CompletableFuture<Optional<NodeAnswer>>> asked = new HashMap<>();
        nodes.forEach(node -> asked.put(node.node(), ask(client, node.address())));
        Map<NodeName, NodeAnswer> answers = new HashMap<>();
        asked.forEach((node, future) -> future.join().ifPresent(answer -> answers.put(node, answer)));
        return answers;
    }

    /** The end of the audit trail as each node remembers it; one that does not answer, or remembers none, is not in the map. */
    static Map<NodeName, AuditRecord.Head> auditHeads(List<NodeStatus> nodes) {
        HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
        Map<NodeName, AuditRecord.Head> heads = new HashMap<>();
        for (NodeStatus node : nodes) {
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.address() + "/self"))
                        .timeout(LIMIT)
                        .build();
                String body = client.send(request, HttpResponse.BodyHandlers.ofString())
                        .body();
                JsonObject json = JsonParser.parseString(body).getAsJsonObject();
                if (json.has("auditHead")) {
                    JsonObject head = json.getAsJsonObject("auditHead");
                    heads.put(
                            node.node(),
                            new AuditRecord.Head(
                                    head.get("number").getAsLong(),
                                    head.get("hash").getAsString()));
                }
            } catch (IOException | IllegalArgumentException | IllegalStateException | JsonParseException e) {
                // It has not answered, or is no node.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return heads;
            }
        }
        return heads;
    }

    private static CompletableFuture<Optional<NodeAnswer>> ask(HttpClient client, String address) {
        URI uri;
        try {
            uri = URI.create("http://" + address + "/status");
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(LIMIT).build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> Optional.of(parse(response.body())))
                .exceptionally(failure -> Optional.empty());
    }

    /** Throws when it is no node's answer; whoever listens there instead has not answered either. */
    static NodeAnswer parse(String body) {
        JsonObject json = JsonParser.parseString(body).getAsJsonObject();
        List<String> troubles = new ArrayList<>();
        if (json.has("troubles")) {
            for (JsonElement trouble : json.getAsJsonArray("troubles")) {
                troubles.add(trouble.getAsString());
            }
        }
        return new NodeAnswer(
                json.get("coordinating").getAsBoolean(),
                json.get("store").getAsString().equals("CONNECTED"),
                !json.has("obeysRecord") || json.get("obeysRecord").getAsBoolean(),
                troubles);
    }
}
