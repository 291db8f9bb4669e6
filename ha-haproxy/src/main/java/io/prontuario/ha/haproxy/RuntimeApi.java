package io.prontuario.ha.haproxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A client of one proxy's runtime API (HAProxy management guide, 9.3 Unix Socket commands): one connection a command line, because the
 * proxy closes after it. Bounded in time and size.
 *
 * <p>Thread-safe: it keeps nothing. Whether a command did what it should is not told by its reply (a severity is the same for a success
 * and a wrong address, measured on 2.6): callers read the state back.
 */
public final class RuntimeApi {
    /** More than any state of a few servers; a larger reply is not what was asked for. */
    private static final int REPLY_LIMIT_BYTES = 4 << 20;

    private final RuntimeAddress address;
    private final Duration limit;
    private final boolean half;

    /**
     * @param limit how long one command line may take, connecting included; 10 ms to 60 s
     */
    public RuntimeApi(RuntimeAddress address, Duration limit) {
        this(address, limit, false);
    }

    private RuntimeApi(RuntimeAddress address, Duration limit, boolean half) {
        this.address = address;
        this.limit = limit;
        this.half = half;
    }

    /**
     * The client of a master process ({@code haproxy -W -S address}). A master does not close after a reply by itself, only when it is
     * told that nothing more will come (measured on 2.6).
     */
    static RuntimeApi master(RuntimeAddress address, Duration limit) {
        return new RuntimeApi(address, limit, true);
    }

    public RuntimeAddress address() {
        return address;
    }

    /**
     * Sends one command line (several commands separated by {@code ;}) and answers the whole reply.
     *
     * @throws HaproxyException when the proxy is not reached, in time, or refuses
     */
    public String send(String line) {
        return send(line, limit);
    }

    /** The same within {@code within} or the client's own limit, whichever is shorter. */
    String send(String line, Duration within) {
        Duration patience = within.compareTo(limit) < 0 ? within : limit;
        long deadline = System.nanoTime() + patience.toNanos();
        boolean sent = false;
        try (SocketChannel channel = address.open();
                Selector selector = Selector.open()) {
            connect(channel, selector, deadline);
            // Nothing is done before the newline is there, and without it the line would be dropped in silence.
            sent = true;
            write(channel, selector, line, deadline);
            String reply = read(channel, selector, line, deadline);
            if (reply.isEmpty()) {
                throw new IOException("closed without a reply");
            }
            return Reply.checked(reply, line, address);
        } catch (IOException e) {
            throw sent ? HaproxyException.brokenOff(address, line, e) : HaproxyException.unreachable(address, e);
        }
    }

    private void connect(SocketChannel channel, Selector selector, long deadline) throws IOException {
        channel.configureBlocking(false);
        if (channel.connect(address.address())) {
            return;
        }
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
        while (!channel.finishConnect()) {
            if (!ready(selector, deadline)) {
                throw new IOException("no connection in time, " + patience());
            }
        }
        key.cancel();
        selector.selectNow();
    }

    private void write(SocketChannel channel, Selector selector, String line, long deadline) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0 && !ready(selector, deadline)) {
                throw timeout(line);
            }
        }
        if (half) {
            channel.shutdownOutput();
        }
        key.interestOps(SelectionKey.OP_READ);
    }

    private String read(SocketChannel channel, Selector selector, String line, long deadline) throws IOException {
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(16_384);
        while (true) {
            int read = channel.read(buffer);
            if (read < 0) {
                return reply.toString(StandardCharsets.UTF_8);
            }
            reply.write(buffer.array(), 0, buffer.position());
            buffer.clear();
            if (reply.size() > REPLY_LIMIT_BYTES) {
                throw new HaproxyException(
                        HaproxyException.Kind.UNKNOWN_REPLY,
                        address + " answers more than " + REPLY_LIMIT_BYTES + " bytes to '" + line
                                + "': is this HAProxy's runtime API?");
            }
            if (read == 0 && !ready(selector, deadline)) {
                throw timeout(line);
            }
        }
    }

    /** Waits until something can be done; answers false when the time is over. */
    private static boolean ready(Selector selector, long deadline) throws IOException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            return false;
        }
        selector.select(left);
        selector.selectedKeys().clear();
        return true;
    }

    /** The same words however short the time was in this case: a message that repeats is told once. */
    private String patience() {
        return limit.toMillis() + " ms, or less while it is away";
    }

    private HaproxyException timeout(String line) {
        return new HaproxyException(
                HaproxyException.Kind.TIMEOUT,
                address + " has not answered '" + line + "' in time (" + patience()
                        + "): it may have been done, or be done later; is the process stopped, or its machine"
                        + " overloaded?");
    }
}
