package io.prontuario.ha.examples.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** A browser: HTTP through the proxy to whichever backend it chooses. */
final class HttpWay implements Way {
    /** Longer than the backends' pools wait: who is held is not given up. */
    static final Duration PATIENCE = Duration.ofSeconds(40);

    private final HttpClient http;
    private final URI entries;

    /** @param http shared with others */
    HttpWay(HttpClient http, int port) {
        this.http = http;
        this.entries = URI.create("http://127.0.0.1:" + port + Backend.ENTRIES);
    }

    @Override
    public Answer write(long id, int user) {
        return answer(
                true,
                HttpRequest.newBuilder(entries.resolve(Backend.ENTRIES + id))
                        .POST(HttpRequest.BodyPublishers.ofString(Integer.toString(user))));
    }

    @Override
    public Answer read(long id) {
        return answer(false, HttpRequest.newBuilder(entries.resolve(Backend.ENTRIES + id)));
    }

    private Answer answer(boolean write, HttpRequest.Builder request) {
        try {
            HttpResponse<Void> response =
                    http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.discarding());
            return of(write, response.statusCode(), response.headers().firstValue(Backend.TROUBLE));
        } catch (ConnectException e) {
            return Answer.failed("not connected");
        } catch (IOException e) {
            return Answer.broken(write, e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.broken(write, "interrupted");
        }
    }

    /** What the backend says of itself, or what the proxy says of it. */
    static Answer of(boolean write, int status, Optional<String> trouble) {
        if (status < 300 || status == Backend.ABSENT) {
            return Answer.SERVED;
        }
        String kind = "HTTP " + status + trouble.map(state -> " " + state).orElse("");
        // The proxy's own 503 is "no backend": nothing was sent. Its 502 and 504 came after it was.
        boolean open = status == Backend.IN_DOUBT || (trouble.isEmpty() && (status == 502 || status == 504));
        return open ? Answer.broken(write, kind) : Answer.failed(kind);
    }
}
