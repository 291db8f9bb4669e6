package io.prontuario.ha.haproxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Where a proxy's runtime API listens: {@code unix:/run/haproxy.sock} or {@code tcp:127.0.0.1:9999}.
 *
 * @param text as it was given
 */
public record RuntimeAddress(String text) {
    public RuntimeAddress {
        boolean unix = text.startsWith("unix:/");
        boolean tcp = text.matches("tcp:[^:]+:\\d{1,5}");
        if (!unix && !tcp) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a runtime API address: expected unix:/path/to/socket or tcp:host:port");
        }
    }

    SocketAddress address() {
        if (text.startsWith("unix:")) {
            return UnixDomainSocketAddress.of(Path.of(text.substring("unix:".length())));
        }
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(
                text.substring("tcp:".length(), colon), Integer.parseInt(text.substring(colon + 1)));
    }

    SocketChannel open() throws IOException {
        return text.startsWith("unix:") ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    }

    @Override
    public String toString() {
        return text;
    }
}
