package io.prontuario.ha.examples.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreUnavailableException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** What commands that only read the store have in common. */
abstract class StoreCommand implements Callable<Integer> {
    /** Without HTML's escapes: a person reads this too. */
    static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /** One object a line. */
    static final Gson LINE = new GsonBuilder().disableHtmlEscaping().create();

    /** No exit status. */
    static final int NOTHING = -1;

    static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration STATUSES = Duration.ofMillis(500);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            scope = ScopeType.INHERIT,
            description = "Any node's YAML file of the cluster.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    Path config;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON.")
    boolean json;

    /** Released whenever something in the store may have changed. */
    final Semaphore changed = new Semaphore(0);

    /** Where the stages are told: whoever reads JSON gets nothing else there. */
    final PrintWriter progress(PrintWriter out) {
        return json ? spec.commandLine().getErr() : out;
    }

    /** What is done while the store is reached. */
    interface Body {
        /** Answers the exit status. */
        int run(NodeConfig read, ClusterStore store, PrintWriter out) throws InterruptedException;
    }

    @Override
    public Integer call() throws InterruptedException {
        check();
        return with(this::print);
    }

    /** Does something with the store of the file that was given. */
    final int with(Body body) throws InterruptedException {
        NodeConfig read = NodeConfig.read(config);
        try (ClusterStore store = read.openStore()) {
            CountDownLatch connected = new CountDownLatch(1);
            store.start(read.cluster(), new NodeName("reader"), () -> {
                if (store.health() == StoreHealth.CONNECTED) {
                    connected.countDown();
                }
                changed.release();
            });
            if (!connected.await(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StoreUnavailableException("ZooKeeper is not reached on " + read.store() + " within "
                        + LIMIT.toSeconds() + " s: check that a majority of its servers runs");
            }
            PrintWriter out = spec.commandLine().getOut();
            int status = body.run(read, store, out);
            out.flush();
            return status;
        } catch (StoreUnavailableException e) {
            PrintWriter text = spec.commandLine().getOut();
            int status = withoutStore(read, text, e);
            text.flush();
            if (status != NOTHING) {
                return status;
            }
            // Whoever reads JSON gets JSON, above all on the day when something is broken.
            if (json) {
                PrintWriter out = spec.commandLine().getOut();
                Map<String, Object> map = unreached(read, String.valueOf(e.getMessage()));
                EmergencyControl.declared(read.stateFolder())
                        .ifPresent(declared -> map.put("emergency", EmergencyCommand.asMap(declared)));
                out.println(GSON.toJson(map));
                out.flush();
            }
            throw e;
        }
    }

    /** Statuses are read right after connecting; give them a moment to be there. */
    static void awaitNodes(ClusterStore store) {
        long until = System.nanoTime() + STATUSES.toNanos();
        while (store.nodes().isEmpty() && System.nanoTime() - until < 0) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static Map<String, Object> unreached(NodeConfig read, String why) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("cluster", read.cluster());
        map.put("storeReached", false);
        map.put("message", why);
        return map;
    }

    /** What can be done without the store; {@link #NOTHING} when nothing can. */
    int withoutStore(NodeConfig read, PrintWriter out, StoreUnavailableException why) {
        return NOTHING;
    }

    /** Refuses wrong options before anything is opened. */
    void check() {}

    abstract int print(NodeConfig read, ClusterStore store, PrintWriter out) throws InterruptedException;
}
