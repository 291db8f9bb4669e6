package io.prontuario.ha.simulation;

import io.prontuario.ha.engine.Switchboard;
import io.prontuario.ha.http.EventSource;
import io.prontuario.ha.http.Page;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Sighting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** One agent's way to the others: the same questions and answers as over HTTP, carried by the made-up network. */
final class SimulatedSwitchboard implements Switchboard {
    private final VirtualTime time;
    private final Network network;
    private final Directory directory;
    private final NodeName self;
    private final Life process;

    SimulatedSwitchboard(VirtualTime time, Network network, Directory directory, NodeName self, Life process) {
        this.time = time;
        this.network = network;
        this.directory = directory;
        this.self = self;
        this.process = process;
    }

    /** Who listens where, in the whole cluster. */
    static final class Directory {
        private final Map<String, Listener> listeners = new TreeMap<>();
        private int ports = 1000;
    }

    private record Listener(String host, Life process, Answers answers) {}

    /** Nobody listens there, or the answer has not come in time. */
    private static final class NoAnswer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoAnswer(String address) {
            super(address + " does not answer", null, false, false);
        }
    }

    @Override
    public Extension open(InetSocketAddress address, Answers answers, Map<String, Page> pages, EventSource events) {
        int port = directory.ports++;
        String name = self + ":" + port;
        directory.listeners.put(name, new Listener(self.value(), process, answers));
        return new Extension() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public void close() {
                directory.listeners.remove(name);
            }
        };
    }

    private <T> CompletableFuture<T> ask(
            String address, Function<Answers, CompletionStage<T>> question, Duration limit) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Listener other = directory.listeners.get(address);
        String host = address.substring(0, address.indexOf(':'));
        if (other == null || other.process().dead()) {
            // Its kernel says so, if it can be reached.
            network.send(
                    self.value(),
                    host,
                    process,
                    () -> network.send(
                            host, self.value(), process, () -> answer.completeExceptionally(new NoAnswer(address))));
        } else {
            network.send(self.value(), host, other.process(), () -> {
                var unused = question.apply(other.answers())
                        .thenAccept(said -> network.send(host, self.value(), process, () -> answer.complete(said)));
            });
        }
        VirtualTime.Event late =
                time.after(process, limit.toNanos(), () -> answer.completeExceptionally(new TimeoutException(address)));
        var unused = answer.whenComplete((value, failure) -> late.cancel());
        return answer;
    }

    private static <T> CompletionStage<T> now(T value) {
        return CompletableFuture.completedFuture(value);
    }

    @Override
    public CompletionStage<List<Sighting>> sightings(String address) {
        return ask(address, answers -> now(answers.seen()), ASK);
    }

    @Override
    public CompletionStage<Void> primary(String address) {
        return ask(address, answers -> now(answers.servesAsPrimary()), ASK).thenAccept(any -> {});
    }

    @Override
    public boolean active(String address, long epoch, Duration limit) throws IOException {
        return awaited(ask(address, answers -> answers.active(epoch, limit), limit.plus(ASK)));
    }

    @Override
    public boolean opened(String address, long epoch, Duration limit) throws IOException {
        return awaited(ask(address, answers -> answers.opened(epoch, limit), limit.plus(ASK)));
    }

    @Override
    public Optional<String> word(String address, String seen, Duration limit) throws IOException {
        return Optional.of(awaited(ask(address, answers -> answers.otherWord(seen, limit), limit.plus(ASK))));
    }

    private <T> T awaited(CompletableFuture<T> answer) throws IOException {
        try {
            return time.await(answer);
        } catch (NoAnswer | CompletionException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
