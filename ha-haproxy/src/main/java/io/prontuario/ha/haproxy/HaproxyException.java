package io.prontuario.ha.haproxy;

import java.io.IOException;
import java.util.Objects;

/** A proxy was not reached or refused. The message names the proxy, the thing and the next move. */
public final class HaproxyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What sort of trouble. */
    public enum Kind {
        /** There was no connection: nothing was asked, nothing was changed. */
        UNREACHABLE,
        /** The line was sent and its reply did not come in time: it may have been done, or be done later. */
        TIMEOUT,
        /** The connection ended before the reply did: it may have been done. */
        BROKEN_OFF,
        /** The socket's file, or its level, does not allow it. */
        PERMISSION_DENIED,
        /** There is no such backend. */
        NO_SUCH_BACKEND,
        /** There is no such server in the backend. */
        NO_SUCH_SERVER,
        /** The process is leaving after a reload, or the backend is disabled in its configuration: nothing was changed. */
        PROXY_DISABLED,
        /** The master has no such process: it has ended. */
        NO_SUCH_PROCESS,
        /** The command is not known: too old, or not HAProxy's runtime API. */
        UNKNOWN_COMMAND,
        /** The reply is not one that this client knows. */
        UNKNOWN_REPLY
    }

    private final Kind kind;

    public HaproxyException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    private HaproxyException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the proxy itself is away, rather than of another opinion. */
    boolean away() {
        return switch (kind) {
            case UNREACHABLE, TIMEOUT, BROKEN_OFF -> true;
            case PERMISSION_DENIED,
                    NO_SUCH_BACKEND,
                    NO_SUCH_SERVER,
                    PROXY_DISABLED,
                    NO_SUCH_PROCESS,
                    UNKNOWN_COMMAND,
                    UNKNOWN_REPLY -> false;
        };
    }

    /** The message; never null. */
    String text() {
        return Objects.requireNonNull(getMessage());
    }

    static HaproxyException unreachable(RuntimeAddress address, IOException cause) {
        String text = said(cause);
        if (text.contains("Permission denied")) {
            return new HaproxyException(
                    Kind.PERMISSION_DENIED,
                    "no permission to open " + address
                            + ": run as the socket's user or group, or give the socket another mode in"
                            + " 'stats socket'",
                    cause);
        }
        return new HaproxyException(
                Kind.UNREACHABLE,
                "HAProxy is not reached on " + address + " (" + text
                        + "): is it running, and is 'stats socket' set to this address?",
                cause);
    }

    static HaproxyException brokenOff(RuntimeAddress address, String line, IOException cause) {
        return new HaproxyException(
                Kind.BROKEN_OFF,
                address + " broke off before it had answered '" + line + "' (" + said(cause)
                        + "): it may have been done; was HAProxy stopped or restarted at this moment?",
                cause);
    }

    private static String said(IOException cause) {
        return Objects.toString(cause.getMessage(), cause.toString());
    }
}
