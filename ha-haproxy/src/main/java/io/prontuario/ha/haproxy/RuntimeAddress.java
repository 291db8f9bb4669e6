package io.prontuario.ha.haproxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a proxy's runtime API listens: {@code unix:/run/haproxy.sock}, {@code tcp:127.0.0.1:9999} or {@code tcp:[::1]:9999}.
 *
 * @param text as it was given
 */
public record RuntimeAddress(String text) {
    private static final String UNIX = "unix:";
    private static final Pattern TCP = Pattern.compile("tcp:(\\[[0-9a-fA-F:.]+\\]|[^:\\s/\\[\\]]+):(\\d{1,5})");
    private static final int LAST_PORT = 65_535;
    /** What macOS takes, its end included, is 104 bytes (unix(4)); Linux takes 108. */
    private static final int LONGEST_PATH_BYTES = 103;

    public RuntimeAddress {
        boolean unix = text.startsWith(UNIX + "/");
        Matcher tcp = TCP.matcher(text);
        if (!unix && !tcp.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a runtime API address: expected unix:/path/to/socket or tcp:host:port");
        }
        if (!unix && (Integer.parseInt(tcp.group(2)) < 1 || Integer.parseInt(tcp.group(2)) > LAST_PORT)) {
            throw new IllegalArgumentException("'" + text + "' has no usable port: 1 to " + LAST_PORT);
        }
        if (unix && text.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH_BYTES + UNIX.length()) {
            throw new IllegalArgumentException("'" + text + "' is too long for a unix socket: at most "
                    + LONGEST_PATH_BYTES + " bytes; put the socket into a shorter folder");
        }
    }

    /** May ask the name service, which has a patience of its own. */
    SocketAddress address() throws UnknownHostException {
        if (text.startsWith(UNIX)) {
            return UnixDomainSocketAddress.of(Path.of(text.substring(UNIX.length())));
        }
        int colon = text.lastIndexOf(':');
        String host = text.substring("tcp:".length(), colon);
        InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
        if (address.isUnresolved()) {
            throw new UnknownHostException("unknown host " + host);
        }
        return address;
    }

    SocketChannel open() throws IOException {
        return text.startsWith(UNIX) ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    }

    @Override
    public String toString() {
        return text;
    }
}
