package io.prontuario.ha.examples.emr;

import com.google.gson.Gson;
import java.util.Map;

/**
 * What is answered.
 *
 * @param status the HTTP status
 * @param type the content type
 * @param body the body
 */
record Answer(int status, String type, String body) {
    private static final Gson GSON = new Gson();

    static Answer json(int status, Object value) {
        return new Answer(status, "application/json", GSON.toJson(value));
    }

    /** Why not, in words that may be shown to whoever asked. */
    static Answer refused(int status, String why) {
        return json(status, Map.of("error", why));
    }
}
