package io.prontuario.ha.haproxy;

import java.io.IOException;
import java.util.Objects;

/** A proxy was not reached or refused. The message names the proxy, the thing and the next move. */
public final class HaproxyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What sort of trouble. */
    public enum Kind {
        UNREACHABLE,
        TIMEOUT,
        PERMISSION_DENIED,
        NO_SUCH_BACKEND,
        NO_SUCH_SERVER,
        UNKNOWN_COMMAND,
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

    static HaproxyException unreachable(RuntimeAddress address, IOException cause) {
        String text = Objects.toString(cause.getMessage(), cause.toString());
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
}
