package io.prontuario.ha.gcp;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Answers questions for A records over UDP on loopback, as an authoritative server does (RFC 1035, 4. Messages). */
final class UdpNameServer implements AutoCloseable {
    private static final int HEADER = 12;

    private final DatagramSocket socket;
    private final Function<String, List<String>> addresses;
    private final Thread thread;

    UdpNameServer(Function<String, List<String>> addresses) throws IOException {
        this.addresses = addresses;
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        this.thread = new Thread(this::serve, "double-name-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        byte[] buffer = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket asked = new DatagramPacket(buffer, buffer.length);
                socket.receive(asked);
                byte[] reply = reply(Arrays.copyOf(buffer, asked.getLength()));
                socket.send(new DatagramPacket(reply, reply.length, asked.getSocketAddress()));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private byte[] reply(byte[] question) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = HEADER;
        while (question[at] != 0) {
            name.append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII))
                    .append('.');
            at += question[at] + 1;
        }
        int end = at + 5;
        List<String> found = addresses.apply(name.toString());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(question, 0, 2);
        // An answer, authoritative; 3 is "no such name".
        out.writeShort(0x8400 | (found.isEmpty() ? 3 : 0));
        out.writeShort(1);
        out.writeShort(found.size());
        out.writeInt(0);
        out.write(question, HEADER, end - HEADER);
        for (String address : found) {
            out.writeShort(0xC000 | HEADER);
            out.writeShort(1);
            out.writeShort(1);
            out.writeInt(60);
            out.writeShort(4);
            for (String part : address.split("\\.")) {
                out.writeByte(Integer.parseInt(part));
            }
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
