package io.prontuario.ha.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What is asked of a page.
 *
 * @param path such as {@code /replica}
 * @param query what follows the question mark, as it came; empty when nothing does
 * @param from the address it came from; empty when it came from within the process
 */
public record Request(String path, String query, String from) {
    /** Asked from within the process. */
    public Request(String path, String query) {
        this(path, query, "");
    }

    /** The value of a parameter, decoded; empty when it is not given, and when it cannot be decoded. */
    public Optional<String> parameter(String name) {
        for (String pair : query.split("&")) {
            if (pair.startsWith(name + "=")) {
                try {
                    return Optional.of(URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
