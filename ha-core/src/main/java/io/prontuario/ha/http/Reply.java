package io.prontuario.ha.http;

/**
 * What a page answers.
 *
 * @param status the HTTP status
 * @param type the content type; empty when there is no body
 * @param body the body; may be empty
 */
public record Reply(int status, String type, String body) {
    private static final String JSON = "application/json";

    /** A body in JSON. */
    public static Reply json(int status, String body) {
        return new Reply(status, JSON, body);
    }

    /** A sentence for a person. */
    public static Reply text(int status, String sentence) {
        return new Reply(status, "text/plain; charset=utf-8", sentence + "\n");
    }

    /** 200 or 503, without a body. */
    public static Reply yes(boolean so) {
        return new Reply(so ? 200 : 503, "", "");
    }
}
