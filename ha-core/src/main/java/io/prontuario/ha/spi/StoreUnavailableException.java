package io.prontuario.ha.spi;

/** The store did not answer within the limit. Expected trouble: the caller holds and tries again. */
public final class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** {@code message} names the store, the limit and what to do. */
    public StoreUnavailableException(String message) {
        super(message);
    }

    /** The same, with what the client of the store said. */
    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
