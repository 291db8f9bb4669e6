package io.prontuario.ha.health;

import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckResult;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Whether a web service answers a GET with 2xx. */
public final class HttpCheck extends NamedCheck {
    private final URI address;

    private HttpCheck(String name, Capability capability, URI address) {
        super(name, capability);
        this.address = address;
    }

    /**
     * Fails when the answer is not 2xx or does not come within {@link #limit()}. Redirections are not followed.
     *
     * @throws IllegalArgumentException when it is no address of http or https, or has a user and password in it, which would be shown
     */
    public static HttpCheck answers(String name, Capability capability, URI address) {
        boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
        if (!web || address.getHost() == null || address.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "the address of check '" + name
                            + "' must be http or https with a host, without user and password, such as http://127.0.0.1:8000/health");
        }
        return new HttpCheck(name, capability, address);
    }

    @Override
    public CheckResult check() throws IOException {
        HttpURLConnection question = (HttpURLConnection) address.toURL().openConnection();
        question.setConnectTimeout((int) limit().toMillis());
        question.setReadTimeout((int) limit().toMillis());
        question.setInstanceFollowRedirects(false);
        question.setUseCaches(false);
        try {
            int status = question.getResponseCode();
            // Without its query, which may hold a key.
            String detail =
                    address.getScheme() + "://" + address.getAuthority() + address.getPath() + " answers " + status;
            return status / 100 == 2 ? CheckResult.ok(detail) : CheckResult.failed(detail + ", 2xx wanted");
        } finally {
            question.disconnect();
        }
    }
}
