package io.prontuario.ha.engine;

import io.prontuario.ha.http.EventSource;
import io.prontuario.ha.http.HttpSurface;
import io.prontuario.ha.http.Page;
import io.prontuario.ha.model.Sighting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Nodes ask each other over HTTP. */
final class HttpSwitchboard implements Switchboard {
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(ASK)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    @Override
    public Extension open(InetSocketAddress address, Answers answers, Map<String, Page> pages, EventSource events) {
        HttpSurface surface = new HttpSurface(address, answers, pages, events);
        return new Extension() {
            @Override
            public int port() {
                return surface.port();
            }

            @Override
            public void close() {
                surface.close();
            }
        };
    }

    @Override
    public CompletionStage<List<Sighting>> sightings(String address) {
        return client.sendAsync(request(address, "/sightings"), HttpResponse.BodyHandlers.ofString())
                .thenApply(answer -> SightingLine.read(answer.body()));
    }

    @Override
    public CompletionStage<Void> primary(String address) {
        return client.sendAsync(request(address, "/primary"), HttpResponse.BodyHandlers.discarding())
                .thenAccept(any -> {});
    }

    @Override
    public boolean active(String address, long epoch, Duration limit) throws IOException {
        return reached(address, "/active", epoch, limit);
    }

    @Override
    public boolean opened(String address, long epoch, Duration limit) throws IOException {
        return reached(address, "/opened", epoch, limit);
    }

    private static boolean reached(String address, String path, long epoch, Duration limit) throws IOException {
        String question = path + "?epoch=" + epoch + "&wait=" + limit.toMillis();
        return Question.ask(address, question, "", limit.plus(ASK)).status() == 200;
    }

    @Override
    public Optional<String> word(String address, String seen, Duration limit) throws IOException {
        String question = "/word?seen=" + seen + "&wait=" + limit.toMillis();
        return Optional.ofNullable(Question.ask(address, question, HttpSurface.WORD, limit.plus(ASK))
                .header());
    }

    private static HttpRequest request(String address, String path) {
        return HttpRequest.newBuilder(URI.create("http://" + address + path))
                .timeout(ASK)
                .build();
    }
}
