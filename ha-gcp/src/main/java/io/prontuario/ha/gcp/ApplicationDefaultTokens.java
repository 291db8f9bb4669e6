package io.prontuario.ha.gcp;

import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tokens from the Application Default Credentials: a key file named by {@code GOOGLE_APPLICATION_CREDENTIALS}, workload identity, or the
 * metadata server. Never from {@code gcloud}, whose tokens are a person's.
 *
 * <p>They are looked for with the first call, not earlier: a host without them starts all the same, and is told by the first step.
 */
final class ApplicationDefaultTokens implements TokenSource {
    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";

    private final AtomicBoolean stale = new AtomicBoolean();
    private final @Nullable Path keyFile;
    private @Nullable GoogleCredentials credentials;

    /** @param keyFile null: as {@code GOOGLE_APPLICATION_CREDENTIALS} or the machine says */
    ApplicationDefaultTokens(@Nullable Path keyFile) {
        this.keyFile = keyFile;
    }

    @Override
    public synchronized String token() throws IOException {
        GoogleCredentials known = credentials;
        if (known == null) {
            known = found().createScoped(SCOPE);
            credentials = known;
        }
        if (stale.getAndSet(false)) {
            known.refresh();
        } else {
            known.refreshIfExpired();
        }
        AccessToken token = known.getAccessToken();
        if (token == null) {
            throw new IOException("the Application Default Credentials gave no token");
        }
        return token.getTokenValue();
    }

    private GoogleCredentials found() throws IOException {
        if (keyFile == null) {
            return GoogleCredentials.getApplicationDefault();
        }
        try (InputStream key = Files.newInputStream(keyFile)) {
            return GoogleCredentials.fromStream(key);
        }
    }

    @Override
    public void refused() {
        stale.set(true);
    }
}
