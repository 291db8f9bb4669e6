package io.prontuario.ha.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The files of the console, which come with the library. */
public enum WebResource {
    /** The page itself; it holds no value and no script. */
    CONSOLE("console.html", "text/html; charset=utf-8"),
    /** How it looks. */
    STYLE("console.css", "text/css; charset=utf-8"),
    /** What fills it. */
    SCRIPT("console.js", "text/javascript; charset=utf-8");

    private final String type;
    private final String body;

    WebResource(String file, String type) {
        try (InputStream in = WebResource.class.getResourceAsStream("console/" + file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing in this build");
            }
            this.type = type;
            this.body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The whole file. */
    public Reply reply() {
        return new Reply(200, type, body);
    }
}
