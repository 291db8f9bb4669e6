package io.prontuario.ha.http;

import com.sun.net.httpserver.HttpExchange;
import io.prontuario.ha.http.EventSource.Event;
import io.prontuario.ha.http.EventSource.Subscription;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events (WHATWG HTML, 9.2), a thread for each listener, apart from those that answer pages: streams never keep a proxy's
 * question waiting. A listener that does not take its events is cut off, and finds them again by the id of the last one that it had.
 */
final class EventStreams implements AutoCloseable {
    private static final int MOST = 8;
    private static final int BEHIND = 256;
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    private final EventSource source;
    private final ExecutorService threads =
            new ThreadPoolExecutor(0, MOST, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "prontuario-stream");
                thread.setDaemon(true);
                return thread;
            });

    EventStreams(EventSource source) {
        this.source = source;
    }

    /** Takes the exchange over; refuses with 503 when as many listen as may. */
    void open(HttpExchange exchange) throws IOException {
        try {
            threads.execute(() -> stream(exchange));
        } catch (RejectedExecutionException e) {
            Exchanges.send(exchange, Reply.text(503, MOST + " listen already, which is the most: try again later"));
        }
    }

    private void stream(HttpExchange exchange) {
        Thread self = Thread.currentThread();
        BlockingQueue<Event> waiting = new LinkedBlockingQueue<>(BEHIND);
        String after = exchange.getRequestHeaders().getFirst("Last-Event-ID");
        Subscription subscription =
                source.subscribe(after == null ? "" : after, missed -> missed.forEach(waiting::offer), event -> {
                    if (!waiting.offer(event)) {
                        // It may hang in the middle of a write; this closes the connection.
                        self.interrupt();
                    }
                });
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            write(body, "retry: 1000\n\n");
            while (true) {
                write(body, text(waiting.poll(SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS)));
            }
        } catch (IOException e) {
            // Whoever listened has gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            subscription.close();
        }
    }

    /** Without an event a comment, by which it shows that whoever listened has gone. */
    private static String text(@Nullable Event event) {
        return event == null
                ? ":\n\n"
                : "id: " + event.id() + "\nevent: " + event.kind() + "\ndata: " + event.data() + "\n\n";
    }

    private static void write(OutputStream body, String text) throws IOException {
        body.write(text.getBytes(StandardCharsets.UTF_8));
        body.flush();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
