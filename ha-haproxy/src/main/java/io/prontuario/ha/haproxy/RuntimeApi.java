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

    /**
     * @param limit how long one command line may take, connecting included; 10 ms to 60 s
     */
    public RuntimeApi(RuntimeAddress address, Duration limit) {
        this.address = address;
        this.limit = limit;
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
        long deadline = System.nanoTime() + limit.toNanos();
        try (SocketChannel channel = address.open();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            if (!channel.connect(address.address())) {
                SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
                while (!channel.finishConnect()) {
                    await(selector, deadline);
                }
                key.cancel();
                selector.selectNow();
            }
            // Without the newline the line would be dropped in silence.
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            while (bytes.hasRemaining()) {
                if (channel.write(bytes) == 0) {
                    await(selector, deadline);
                }
            }
            key.interestOps(SelectionKey.OP_READ);
            ByteArrayOutputStream reply = new ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(16_384);
            while (true) {
                int read = channel.read(buffer);
                if (read < 0) {
                    return Reply.checked(reply.toString(StandardCharsets.UTF_8), line, address);
                }
                reply.write(buffer.array(), 0, buffer.position());
                buffer.clear();
                if (reply.size() > REPLY_LIMIT_BYTES) {
                    throw new HaproxyException(
                            HaproxyException.Kind.UNKNOWN_REPLY,
                            address + " answers more than " + REPLY_LIMIT_BYTES + " bytes to " + line);
                }
                if (read == 0) {
                    await(selector, deadline);
                }
            }
        } catch (IOException e) {
            throw HaproxyException.unreachable(address, e);
        }
    }

    private void await(Selector selector, long deadline) throws IOException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new HaproxyException(
                    HaproxyException.Kind.TIMEOUT, address + " has not answered within " + limit.toMillis() + " ms");
        }
        selector.select(left);
        selector.selectedKeys().clear();
    }
}
