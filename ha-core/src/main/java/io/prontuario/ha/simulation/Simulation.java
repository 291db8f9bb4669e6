package io.prontuario.ha.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A whole cluster under virtual time: complete engines with made-up servers, store, network and clients, and faults drawn from a seed. The
 * same seed has the same history, on every machine and JDK.
 *
 * <p>Thread: a run is driven by the calling thread and starts a few of its own, which have ended when it returns. Runs do not know of each other.
 */
public final class Simulation {
    private static final long MILLI = 1_000_000;
    private static final long SETTLED = 2_000;
    /** After the last fault, so that it can have its effect. */
    private static final long AFTERWARDS = 1_000;

    private static final long LOOK = 500;
    /** Longer than everything in a row: a slow promotion that is given up, a rejoin by copying, a paused certification. */
    private static final long PATIENCE = 90_000;

    private final Tampering tampering;

    /** One of the engine as it is. */
    public Simulation() {
        this(Tampering.NONE);
    }

    Simulation(Tampering tampering) {
        this.tampering = tampering;
    }

    /** Runs a seed with the faults that it draws. */
    public Run run(long seed, boolean trace) {
        return run(seed, faults(seed), trace);
    }

    /** Leaves out one fault after the other, as long as something is still broken; the run with those that are left, with its trace. */
    public Run shrink(long seed) {
        List<Fault> faults = faults(seed);
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (int i = 0; i < faults.size() && !smaller; i++) {
                List<Fault> fewer = new ArrayList<>(faults);
                fewer.remove(i);
                if (run(seed, fewer, false).broken().isPresent()) {
                    faults = fewer;
                    smaller = true;
                }
            }
        }
        return run(seed, faults, true);
    }

    private static List<Fault> faults(long seed) {
        return Fault.draw(new Chance(seed * 31 + 7), Setting.of(seed).dataNodes() + 1);
    }

    Run run(long seed, List<Fault> faults, boolean wanted) {
        Trace trace = new Trace(wanted);
        Optional<String> broken = Optional.empty();
        long recovered = 0;
        Setting setting = Setting.of(seed);
        try (World world = new World(new Chance(seed), setting, trace, tampering)) {
            try {
                trace.add(0, "seed " + seed, setting.toString());
                world.plan(faults);
                world.start();
                world.time().runUntil(SETTLED * MILLI);
                world.backUpStore();
                long end = faults.stream().mapToLong(Fault::endsAtMillis).max().orElse(SETTLED);
                world.time().runUntil((end + AFTERWARDS) * MILLI);
                world.heal();
                long healed = world.time().now();
                Optional<String> amiss = world.amiss(healed);
                while (amiss.isPresent() && recovered < PATIENCE) {
                    recovered += LOOK;
                    world.time().runUntil(healed + recovered * MILLI);
                    amiss = world.amiss(healed);
                }
                if (amiss.isPresent()) {
                    world.tellDoings();
                }
                broken = amiss.map(what -> "not well " + PATIENCE / 1000 + " s after the last fault: " + what);
            } catch (Broken e) {
                broken = Optional.of(String.valueOf(e.getMessage()));
                for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                    trace.add(
                            world.time().now(),
                            "BROKEN",
                            cause + " at "
                                    + List.of(cause.getStackTrace()).stream()
                                            .limit(12)
                                            .toList());
                }
            }
            return new Run(
                    seed,
                    faults.stream().map(Fault::toString).toList(),
                    broken,
                    world.time().now() / MILLI,
                    recovered,
                    world.time().happened(),
                    world.promises().acknowledgements(),
                    Optional.ofNullable(world.store().record())
                            .map(record -> record.state().epoch())
                            .orElse(0L),
                    trace.lines());
        }
    }
}
