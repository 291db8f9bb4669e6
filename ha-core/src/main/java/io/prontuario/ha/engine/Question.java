package io.prontuario.ha.engine;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One question to another node's HTTP surface, asked and answered in the calling thread. Keeps its connection between calls.
 *
 * <p>The JDK's newer client would pass each answer through two more threads, and these questions lie inside an outage.
 */
final class Question {
    private static final int CONNECT_MILLIS = 400;

    private Question() {}

    /** The answer to a question: its status, and the asked-for header. */
    record Reply(int status, @Nullable String header) {}

    /**
     * Asks and waits for the answer.
     *
     * @param header the header that is wanted of the answer
     * @throws IOException when there is no answer within the limit
     */
    static Reply ask(String address, String path, String header, Duration limit) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://" + address + path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setUseCaches(false);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout((int) limit.toMillis());
        int status = connection.getResponseCode();
        return new Reply(status, connection.getHeaderField(header));
    }
}
