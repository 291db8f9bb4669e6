package io.prontuario.ha.haproxy;

import static io.prontuario.ha.haproxy.HaproxyLab.ONE;
import static io.prontuario.ha.haproxy.HaproxyLab.TWO;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Measures, on a real HAProxy, how long a flip takes and how soon a frozen host is seen. Not a test: times on a shared machine promise
 * nothing. Run its main from an IDE, or with the test class path.
 */
final class FlipMeasure {
    private static final int WARM_UP = 20;
    private static final int ROUNDS = 50;
    private static final int FREEZES = 20;

    private FlipMeasure() {}

    public static void main(String[] words) throws Exception {
        flips("unix socket");
        flips("tcp");
        frozenProxy();
        frozenHost();
        unavailable();
        watching();
    }

    private static void flips(String way) throws IOException {
        try (HaproxyLab lab = HaproxyLab.open();
                HaproxyStrategy haproxy =
                        HaproxyStrategy.of(HaproxyLab.settings(way.equals("tcp") ? lab.tcp() : lab.unix())
                                .build())) {
            List<Long> enable = new ArrayList<>();
            List<Long> resting = new ArrayList<>();
            List<Long> reached = new ArrayList<>();
            for (int i = 0; i < WARM_UP + ROUNDS; i++) {
                NodeName to = i % 2 == 0 ? ONE : TWO;
                String label = i % 2 == 0 ? "one" : "two";
                for (int clients = 0; clients < 20; clients++) {
                    lab.connect();
                }
                Prober prober = new Prober(lab, label);
                long from = System.nanoTime();
                done(haproxy.enable(Requests.enable(to)));
                long took = System.nanoTime() - from;
                long until = prober.reachedAt() - from;
                long again = System.nanoTime();
                done(haproxy.enable(Requests.enable(to)));
                if (i >= WARM_UP) {
                    enable.add(took);
                    resting.add(System.nanoTime() - again);
                    reached.add(until);
                }
            }
            report(way + ": enable() with 20 sessions to end", enable);
            report(way + ": a client that tries every ms gets the new server", reached);
            report(way + ": enable() again, already so", resting);
        }
    }

    /** The other of two proxies hangs. */
    private static void frozenProxy() throws IOException {
        List<Long> first = new ArrayList<>();
        List<Long> isolate = new ArrayList<>();
        List<Long> isolateKnown = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            try (HaproxyLab ill = HaproxyLab.open();
                    HaproxyLab well = HaproxyLab.open();
                    HaproxyStrategy haproxy = HaproxyStrategy.of(HaproxyLab.settings(ill.unix())
                            .proxy(well.unix())
                            .limit(Duration.ofMillis(500))
                            .build())) {
                done(haproxy.enable(Requests.enable(ONE)));
                ill.freeze();
                Prober prober = new Prober(well, "two");
                long from = System.nanoTime();
                haproxy.enable(Requests.enable(TWO));
                first.add(prober.reachedAt() - from);
                isolate.add(elapsed(() -> haproxy.isolate(Requests.isolate(ONE))));
                isolateKnown.add(elapsed(() -> haproxy.isolate(Requests.isolate(ONE))));
                ill.thaw();
            }
        }
        report("one of two proxies hangs: a client of the other gets the new server", first);
        report("one of two proxies hangs: isolate(), second failure in a row", isolate);
        report("one of two proxies hangs: isolate() from then on", isolateKnown);
    }

    private static void frozenHost() throws IOException {
        List<Long> unreached = new ArrayList<>();
        List<Long> ages = new ArrayList<>();
        try (HaproxyLab lab = HaproxyLab.open();
                HaproxyStrategy haproxy = HaproxyStrategy.of(lab.settings().build());
                AgentProcess agent = AgentProcess.inPlaceOf(lab, ONE)) {
            haproxy.start(new StrategyContext(new NodeName("witness"), Ticker.system(), () -> {}));
            done(haproxy.enable(Requests.enable(ONE)));
            for (int i = 0; i < FREEZES; i++) {
                until(() -> haproxy.sightings(ONE).get(0).answer() == Answer.REACHED);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(400 + 37L * i));
                agent.freeze();
                long frozen = System.nanoTime();
                until(() -> haproxy.sightings(ONE).get(0).answer() == Answer.UNREACHED);
                unreached.add(System.nanoTime() - frozen);
                ages.add(haproxy.sightings(ONE).get(0).lastReachedAge().toNanos() - (System.nanoTime() - frozen));
                agent.thaw();
            }
        }
        report("agent frozen: its sighting is UNREACHED after", unreached);
        report("agent frozen: last reached so long before it froze", ages);
    }

    private static void unavailable() throws IOException {
        List<Long> out = new ArrayList<>();
        try (HaproxyLab lab = HaproxyLab.open();
                HaproxyStrategy haproxy = HaproxyStrategy.of(lab.settings().build())) {
            done(haproxy.enable(Requests.enable(ONE)));
            for (int i = 0; i < 5; i++) {
                until(() -> lab.route().equals("one"));
                lab.agent(ONE).answer(PrimaryResponder.Mode.UNAVAILABLE);
                long from = System.nanoTime();
                until(() -> lab.route().isEmpty());
                out.add(System.nanoTime() - from);
                lab.agent(ONE).answer(PrimaryResponder.Mode.OK);
            }
        }
        report("/primary answers 503: no connections any more after", out);
    }

    /** What reading the checks costs: processor time of this JVM over ten seconds. */
    private static void watching() throws IOException {
        try (HaproxyLab lab = HaproxyLab.open();
                HaproxyStrategy haproxy = HaproxyStrategy.of(lab.settings().build())) {
            done(haproxy.enable(Requests.enable(ONE)));
            haproxy.start(new StrategyContext(new NodeName("witness"), Ticker.system(), () -> {}));
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
            Duration before = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(20));
            Duration after = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
            System.out.printf(
                    "reading the checks of one proxy: %.2f %% of a core (agents and servers of the lab included)%n",
                    after.minus(before).toMillis() / 200.0);
        }
    }

    private static void done(Outcome outcome) {
        if (!outcome.holds()) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    private static long elapsed(Runnable act) {
        long from = System.nanoTime();
        act.run();
        return System.nanoTime() - from;
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void report(String what, List<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted().toList();
        System.out.printf(
                "%s: median %.2f ms, least %.2f, most %.2f (n=%d)%n",
                what,
                sorted.get(sorted.size() / 2) / 1e6,
                sorted.get(0) / 1e6,
                sorted.get(sorted.size() - 1) / 1e6,
                sorted.size());
    }

    /** Tries a new connection every millisecond until it gets the wanted server. */
    private static final class Prober {
        private final Thread thread;
        private volatile long reachedAt;

        Prober(HaproxyLab lab, String label) {
            thread = new Thread(() -> {
                while (!lab.route().equals(label)) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
                reachedAt = System.nanoTime();
            });
            thread.setDaemon(true);
            thread.start();
        }

        long reachedAt() {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return reachedAt;
        }
    }
}
