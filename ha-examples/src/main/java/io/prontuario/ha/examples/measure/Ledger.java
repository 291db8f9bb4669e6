package io.prontuario.ha.examples.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Every acknowledgement, durable before its writer goes on: what was promised must not depend on the memory of the process that was
 * promised it. Writes of several writers share one flush.
 */
public final class Ledger implements AutoCloseable {

    /** An acknowledgement and whoever waits for it to be durable. */
    private record Entry(Acknowledgement acknowledgement, CompletableFuture<Void> durable) {}

    private final FileChannel file;
    private final LinkedBlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
    private final List<Acknowledgement> all = new ArrayList<>();
    private final List<Long> inDoubt = new ArrayList<>();
    private final Thread writer;
    private volatile boolean closed;

    /** A ledger in a new file. */
    public Ledger(Path path) {
        try {
            file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the ledger " + path, e);
        }
        writer = new Thread(this::write, "ledger");
        writer.setDaemon(true);
        writer.start();
    }

    /** Returns when it is on the disk. */
    void acknowledged(Acknowledgement acknowledgement) {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        queue.add(new Entry(acknowledgement, durable));
        durable.join();
    }

    /** A write whose outcome was not told: it may be there or not. */
    void inDoubt(long id) {
        synchronized (all) {
            inDoubt.add(id);
        }
    }

    /** All acknowledgements so far. */
    public List<Acknowledgement> acknowledgements() {
        synchronized (all) {
            return List.copyOf(all);
        }
    }

    /** The ids of the writes whose outcome was not told. */
    public List<Long> doubts() {
        synchronized (all) {
            return List.copyOf(inDoubt);
        }
    }

    public int count() {
        synchronized (all) {
            return all.size();
        }
    }

    private void write() {
        List<Entry> batch = new ArrayList<>();
        try {
            while (!closed) {
                batch.clear();
                batch.add(queue.take());
                queue.drainTo(batch);
                StringBuilder text = new StringBuilder();
                batch.forEach(entry -> text.append(entry.acknowledgement().line()));
                ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
                file.force(false);
                synchronized (all) {
                    batch.forEach(entry -> all.add(entry.acknowledgement()));
                }
                batch.forEach(entry -> entry.durable().complete(null));
            }
        } catch (IOException e) {
            IllegalStateException failure = new IllegalStateException("the ledger cannot be written: " + e, e);
            batch.forEach(entry -> entry.durable().completeExceptionally(failure));
        } catch (InterruptedException e) {
            batch.forEach(entry -> entry.durable().cancel(false));
        }
    }

    @Override
    public void close() {
        closed = true;
        writer.interrupt();
        try {
            writer.join(1000);
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the ledger cannot be closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
