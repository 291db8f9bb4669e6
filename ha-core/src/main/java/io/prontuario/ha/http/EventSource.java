package io.prontuario.ha.http;

import java.util.List;
import java.util.function.Consumer;

/** Where a stream of events comes from. */
public interface EventSource {
    /**
     * One event of a stream.
     *
     * @param id unique over restarts of the process
     * @param kind what sort of thing
     * @param data one line of JSON
     */
    record Event(String id, String kind, String data) {}

    /** Somebody listens until this is closed. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Hands over each event from now on, in order, on the source's thread; returns at once from each.
     *
     * @param after the id of the last event that the listener has had; empty when it wants only what is new
     * @param missed gets what is still kept of what came after that; all that is kept, when that id is not known any more
     */
    Subscription subscribe(String after, Consumer<List<Event>> missed, Consumer<Event> listener);
}
