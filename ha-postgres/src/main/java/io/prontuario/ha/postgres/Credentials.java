package io.prontuario.ha.postgres;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * As whom agents connect to every server of the cluster, and how.
 *
 * @param user role name
 * @param password empty where the server trusts the address (tests on loopback)
 * @param authorities a file with the certificates of those who sign the servers' ones, PEM: then only servers with such a certificate for
 *     their address are talked to ({@code sslmode=verify-full}); null: TLS when the server offers it, and certificates are not looked at
 */
public record Credentials(
        String user, String password, @Nullable Path authorities) {
    /** Certificates are not looked at. */
    public Credentials(String user, String password) {
        this(user, password, null);
    }

    @Override
    public String toString() {
        return user;
    }
}
