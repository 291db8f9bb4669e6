package io.prontuario.ha.gcp;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.googleapis.services.AbstractGoogleClientRequest;
import com.google.api.client.googleapis.services.json.AbstractGoogleJsonClient;
import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.client.http.HttpResponseException;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Objects;

/** How Google's own clients are made and called: the JDK's transport, a token of ours, a limit, no retries inside. */
final class Google implements AutoCloseable {
    private static final String APPLICATION = "prontuario-ha";

    private final HttpTransport transport = new NetHttpTransport();
    private final TokenSource tokens;
    private final Bounded bounded;

    Google(TokenSource tokens, Bounded bounded) {
        this.tokens = tokens;
        this.bounded = bounded;
    }

    /** Makes a client of one of the services. */
    interface Maker<B> {
        B make(HttpTransport transport, GsonFactory json, HttpRequestInitializer initializer);
    }

    /** A request of a client that exists only as long as the call. */
    interface Asking<T> {
        AbstractGoogleClientRequest<T> of() throws IOException;
    }

    <B extends AbstractGoogleJsonClient.Builder> B client(Maker<B> maker, URI root, Deadline deadline) {
        B builder = maker.make(transport, GsonFactory.getDefaultInstance(), request -> {
            request.getHeaders().setAuthorization("Bearer " + token());
            int millis = (int) deadline.left().toMillis();
            request.setConnectTimeout(millis);
            request.setReadTimeout(millis);
            // Retries are the caller's, who looks first.
            request.setNumberOfRetries(0);
        });
        builder.setRootUrl(root.toString());
        builder.setApplicationName(APPLICATION);
        return builder;
    }

    /**
     * The service's answer.
     *
     * @throws CloudException with what its refusal or silence means
     */
    <T> T call(Call call, Deadline deadline, Asking<T> asking) {
        try {
            return bounded.call(call, deadline, () -> asking.of().execute());
        } catch (CloudException e) {
            throw e;
        } catch (NoTokenException e) {
            throw new CloudException(Failures.noToken(call, said(e)), e);
        } catch (HttpResponseException e) {
            throw refused(call, e);
        } catch (ConnectException | UnknownHostException | NoRouteToHostException e) {
            throw new CloudException(Failures.unanswered(call, said(e), false), e);
        } catch (IOException e) {
            throw new CloudException(Failures.unanswered(call, said(e), true), e);
        } catch (Exception e) {
            throw new CloudException(Failures.unanswered(call, e.toString(), true), e);
        }
    }

    /** Apart from what a service answers, since without a token nothing was asked of it. */
    static final class NoTokenException extends IOException {
        private static final long serialVersionUID = 1;

        NoTokenException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private String token() throws NoTokenException {
        try {
            return tokens.token();
        } catch (IOException e) {
            throw new NoTokenException(e);
        }
    }

    private CloudException refused(Call call, HttpResponseException e) {
        if (e.getStatusCode() == 401) {
            tokens.refused();
        }
        String reason = "";
        String message = Objects.toString(e.getStatusMessage(), "");
        GoogleJsonError details = e instanceof GoogleJsonResponseException json ? json.getDetails() : null;
        if (details != null) {
            message = Objects.toString(details.getMessage(), message);
            if (details.getErrors() != null && !details.getErrors().isEmpty()) {
                reason = Objects.toString(details.getErrors().get(0).getReason(), "");
            }
        }
        return new CloudException(Failures.of(call, e.getStatusCode(), reason, message, retryAfter(e.getHeaders())), e);
    }

    private static long retryAfter(HttpHeaders headers) {
        String text = headers.getRetryAfter();
        // The other form, a date, is not believed: it would compare two machines' clocks.
        return text != null && text.matches("\\d{1,4}") ? Long.parseLong(text) : 0;
    }

    private static String said(IOException e) {
        return Failures.cut(e.getClass().getSimpleName() + ": " + Objects.toString(e.getMessage(), ""));
    }

    @Override
    public void close() {
        try {
            transport.shutdown();
        } catch (IOException e) {
            throw new AssertionError("the JDK's transport has nothing to shut down", e);
        }
    }
}
