package io.prontuario.ha.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that waits to give a running server the order to shut down fast (SIGINT: PostgreSQL 15 docs, 19.5). Started while the server
 * serves, since to start a tool takes up to half a second on a busy machine, and what clients write meanwhile is flushed while nobody is
 * served. It ends with this process. One thread at a time.
 */
final class StopSignal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);
    private static final long SENT_SECONDS = 1;

    private final long postmaster;
    private final Process shell;

    private StopSignal(long postmaster, Process shell) {
        this.postmaster = postmaster;
        this.shell = shell;
    }

    /** One for this process. */
    static StopSignal of(long postmaster) throws IOException {
        // Without a line, as when this process has died, nothing is sent.
        Process shell = new ProcessBuilder("sh", "-c", "read go && kill -INT " + postmaster)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new StopSignal(postmaster, shell);
    }

    /** Whether it is for that process, and waits. */
    boolean waitsFor(long pid) {
        return pid == postmaster && shell.isAlive();
    }

    /** Gives the order; answers whether it was given. Once only. */
    boolean send() {
        try (OutputStream order = shell.getOutputStream()) {
            order.write("go\n".getBytes(StandardCharsets.US_ASCII));
            order.flush();
            return shell.waitFor(SENT_SECONDS, TimeUnit.SECONDS) && shell.exitValue() == 0;
        } catch (IOException e) {
            LOG.warn("the order to stop could not be given to process {}: {}", postmaster, e.toString());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        shell.destroy();
    }
}
