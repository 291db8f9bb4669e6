package io.prontuario.ha.gcp;

import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.Locale;

/**
 * What a service's refusal means for a step. Pure: from an HTTP status with its text to an outcome that says what to do next.
 *
 * <p>Sources: Google Cloud API design guide, "Errors"; Cloud DNS documentation, "Error messages"; Kubernetes API conventions, "HTTP
 * Status codes".
 */
final class Failures {
    static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LATER = Duration.ofSeconds(5);
    private static final int LONGEST_TEXT = 300;

    private Failures() {}

    /**
     * What an answer other than success means.
     *
     * @param reason the first error's reason, may be empty
     * @param retryAfterSeconds what the service asks for; 0 when it does not say
     */
    static Outcome of(Call call, int status, String reason, String message, long retryAfterSeconds) {
        String said = " (" + status + (reason.isEmpty() ? "" : " " + reason) + ": " + cut(message) + ")";
        String lower = (reason + " " + message).toLowerCase(Locale.ROOT);
        if (status == 401) {
            return Outcome.retry(
                    call.what() + ": the token was refused" + said
                            + ": a new one is fetched; if it stays so, compare this machine's clock, and the account behind"
                            + " the Application Default Credentials",
                    SOON);
        }
        if (status == 403) {
            return forbidden(call, lower, said, retryAfterSeconds);
        }
        if (status == 404) {
            return Outcome.refused(call.what() + " does not exist" + said
                    + ": compare project, zone and names in the settings with the console; 'ha gcp render' writes what to"
                    + " create");
        }
        if (status == 409) {
            return Outcome.retry(call.what() + " was changed by somebody else at this moment" + said, SOON);
        }
        if (status == 412) {
            return Outcome.retry(
                    call.what() + " is no longer as it was read" + said + ": it is compared again before anything is"
                            + " changed",
                    SOON);
        }
        if (status == 429) {
            return Outcome.retry(call.what() + ": too many requests" + said, after(retryAfterSeconds));
        }
        if (status >= 500) {
            return call.changes()
                    ? Outcome.unknown(call.what() + ": the service failed" + said
                            + ": it may have been done; looked at again before anything else")
                    : Outcome.retry(call.what() + ": the service failed" + said, after(retryAfterSeconds));
        }
        return quota(lower)
                ? exhausted(call, said)
                : Outcome.refused(call.what() + " was refused" + said + ": compare the settings with what is there");
    }

    private static Outcome forbidden(Call call, String lower, String said, long retryAfterSeconds) {
        if (lower.contains("ratelimit")) {
            return Outcome.retry(call.what() + ": too many requests" + said, after(retryAfterSeconds));
        }
        if (quota(lower)) {
            return exhausted(call, said);
        }
        if (lower.contains("accessnotconfigured") || lower.contains("has not been used")) {
            return Outcome.refused(call.what() + ": the API is not enabled in this project" + said + ": enable it");
        }
        return Outcome.refused(
                call.what() + ": not allowed" + said + ": give the account the permission " + call.permission());
    }

    private static Outcome exhausted(Call call, String said) {
        return Outcome.refused(call.what() + ": the quota is exhausted" + said
                + ": have it raised in the console (IAM, Quotas), or set fewer or smaller nodes");
    }

    /** Whether a text speaks of a quota. */
    static boolean quota(String lower) {
        return lower.contains("quota") || lower.contains("gce_stockout");
    }

    /** No answer came: nothing was sent, or it was and nobody knows. */
    static Outcome unanswered(Call call, String why, boolean sent) {
        return call.changes() && sent
                ? Outcome.unknown(call.what() + ": no answer (" + why
                        + "): it may have been done; looked at again before anything else")
                : Outcome.retry(call.what() + ": no answer (" + why + "): is the way to Google open from here?", SOON);
    }

    /** Nothing was sent: there was no token to send it with. */
    static Outcome noToken(Call call, String why) {
        return Outcome.retry(
                call.what() + ": there is no token for it (" + cut(why)
                        + "): compare this machine's clock with the real time, since tokens are signed with it, and see whether"
                        + " the account and its key still exist",
                LATER);
    }

    private static Duration after(long seconds) {
        return seconds <= 0 ? LATER : Duration.ofSeconds(Math.min(seconds, 60));
    }

    static String cut(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST_TEXT ? line : line.substring(0, LONGEST_TEXT) + "…";
    }
}
