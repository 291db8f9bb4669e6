package io.prontuario.ha.engine;

import io.prontuario.ha.http.EventSource;
import io.prontuario.ha.http.HttpSurface;
import io.prontuario.ha.http.Page;
import io.prontuario.ha.model.Sighting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** How nodes ask each other, without the store between them. HTTP in production. */
public interface Switchboard {
    /** How long a question may take that is answered at once. */
    Duration ASK = Duration.ofMillis(400);

    /** Answers others from now on. */
    Extension open(InetSocketAddress address, Answers answers, Map<String, Page> pages, EventSource events);

    /** What a node answers. */
    interface Answers extends HttpSurface.Source {
        /** What it sees of the primary's host; {@code sightings} tells the same as JSON. */
        List<Sighting> seen();
    }

    /** Where a node can be asked. */
    interface Extension extends AutoCloseable {
        int port();

        @Override
        void close();
    }

    /** What a node sees of the primary's host; fails when it does not answer. Never blocks. */
    CompletionStage<List<Sighting>> sightings(String address);

    /** Whether a node answers the question if it serves as primary, whatever it says; fails when it does not. Never blocks. */
    CompletionStage<Void> primary(String address);

    /**
     * Waits until a node is the active primary of the epoch; answers whether it is. Blocks for up to {@code limit} and a little.
     *
     * @throws IOException when there is no answer
     */
    boolean active(String address, long epoch, Duration limit) throws IOException;

    /**
     * Waits until a node's server was opened in the epoch; answers whether it was. Blocks for up to {@code limit} and a little.
     *
     * @throws IOException when there is no answer
     */
    boolean opened(String address, long epoch, Duration limit) throws IOException;

    /**
     * Waits until a node says something else about its server than {@code seen}, or the limit has passed; answers what it says, empty when
     * another program listens there. Blocks for up to {@code limit} and a little.
     *
     * @throws IOException when there is no answer
     */
    Optional<String> word(String address, String seen, Duration limit) throws IOException;
}
