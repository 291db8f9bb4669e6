package io.prontuario.ha.postgres;

/**
 * Where a server listens.
 *
 * @param host name or address
 * @param port 1 to 65535
 */
public record PostgresAddress(String host, int port) {
    public PostgresAddress {
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException(
                    "PostgreSQL address " + host + ":" + port + " must be host:port with port 1 to 65535");
        }
    }

    /** Reads {@code host:port}. */
    public static PostgresAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an address: expected host:port, such as 192.0.2.10:5432");
        }
        try {
            return new PostgresAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not an address: the port is not a number", e);
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
