package io.prontuario.ha.postgres;

/**
 * The superuser that agents use on every server of the cluster.
 *
 * @param user role name
 * @param password empty where the server trusts the address (tests on loopback)
 */
public record Credentials(String user, String password) {
    @Override
    public String toString() {
        return user;
    }
}
