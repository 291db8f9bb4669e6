package io.prontuario.ha;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A second address at which a node answers people and what works for them: all that {@code listen} tells, and with a token
 * {@code POST /pause}, {@code /resume}, {@code /switchover?to=NODE}, and for an emergency {@code /approve?by=NAME}, {@code /deny},
 * {@code /declare?token=…&by=NAME}, {@code /failback} and {@code /drill}. Without TLS it is for loopback only: on a network the token could be
 * read by others.
 */
public final class OperatorAccess {
    private static final int SHORTEST_TOKEN = 24;

    private final InetSocketAddress address;
    private final String token;
    private final @Nullable SSLContext tls;

    private OperatorAccess(InetSocketAddress address, String token, @Nullable SSLContext tls) {
        this.address = address;
        this.token = token;
        this.tls = tls;
    }

    /** There, to read only and without TLS, until more is asked for. */
    public static OperatorAccess on(InetSocketAddress address) {
        return new OperatorAccess(address, "", null);
    }

    /** With acts for whoever sends {@code Authorization: Bearer} and this; at least 24 characters, such as of {@code openssl rand -hex 24}. */
    public OperatorAccess withToken(String value) {
        return new OperatorAccess(address, value, tls);
    }

    /** By HTTPS, with the key and certificate of this context. */
    public OperatorAccess withTls(SSLContext value) {
        return new OperatorAccess(address, token, value);
    }

    InetSocketAddress address() {
        return address;
    }

    String token() {
        return token;
    }

    @Nullable
    SSLContext tls() {
        return tls;
    }

    /** What is wrong with it, a sentence each, as the node's builder would say. */
    public List<String> violations() {
        List<String> wrong = new ArrayList<>();
        if (address.isUnresolved()) {
            wrong.add("the host " + address.getHostString() + " is not known here");
        }
        if (!token.isEmpty() && token.length() < SHORTEST_TOKEN) {
            wrong.add("the token has " + token.length() + " characters, at least " + SHORTEST_TOKEN
                    + " cannot be guessed; openssl rand -hex 24 makes one");
        }
        boolean loopback = address.getAddress() != null && address.getAddress().isLoopbackAddress();
        if (!token.isEmpty() && tls == null && !loopback) {
            wrong.add("a token on " + address.getHostString()
                    + " without TLS could be read by others: give withTls, or an address on loopback");
        }
        return wrong;
    }

    /** Without the token. */
    @Override
    public String toString() {
        return address + (tls == null ? "" : " with TLS") + (token.isEmpty() ? ", to read" : ", with a token");
    }
}
