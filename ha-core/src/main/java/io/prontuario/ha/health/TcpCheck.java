package io.prontuario.ha.health;

import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Whether something accepts connections. That it also answers is another question: see {@link HttpCheck}. */
public final class TcpCheck extends NamedCheck {
    private final String host;
    private final int port;

    private TcpCheck(String name, Capability capability, String host, int port) {
        super(name, capability);
        this.host = host;
        this.port = port;
    }

    /** Fails when no connection is accepted at that address within {@link #limit()}. */
    public static TcpCheck connects(String name, Capability capability, String host, int port) {
        return new TcpCheck(name, capability, host, port);
    }

    @Override
    public CheckResult check() {
        String address = host + ":" + port;
        try (Socket socket = new Socket()) {
            // The name is looked up each time: it may have come to mean another machine.
            socket.connect(new InetSocketAddress(host, port), (int) limit().toMillis());
            return CheckResult.ok(address + " accepts connections");
        } catch (IOException e) {
            return CheckResult.failed(address + " does not accept connections: " + e.getMessage());
        }
    }
}
