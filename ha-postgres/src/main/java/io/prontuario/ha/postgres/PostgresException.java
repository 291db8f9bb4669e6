package io.prontuario.ha.postgres;

/** Something about a server did not work. The message names the thing, the value and the next move. */
public final class PostgresException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PostgresException(String message) {
        super(message);
    }

    public PostgresException(String message, Throwable cause) {
        super(message, cause);
    }
}
