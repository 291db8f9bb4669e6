package io.prontuario.ha.examples.faults;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The faults of a run, all from one seed: rounds of one fault, or of two that overlap. Every kind comes once before any comes again, so that a short run
 * misses few. The same seed gives the same rounds, however the cluster fares.
 */
final class Schedule {
    /** Shorter and longer than each of the limits by which the library decides. */
    private static final int[] HOLD_MILLIS = {300, 1000, 2000, 3000, 5000, 8000, 12_000, 20_000};

    private static final double TWO_AT_ONCE = 0.4;
    private static final int LATEST_SECOND_MILLIS = 3000;

    private final Random random;
    private final List<FaultKind> kinds;
    private final Deque<FaultKind> deck = new ArrayDeque<>();

    private final boolean severalStandbys;
    private final @Nullable Duration hold;

    /**
     * @param severalStandbys what may happen to a standby happens to one or another of them
     * @param kinds which ones may come
     * @param hold how long every fault is held; null for as the seed has it
     */
    Schedule(long seed, boolean severalStandbys, List<FaultKind> kinds, @Nullable Duration hold) {
        this.severalStandbys = severalStandbys;
        this.hold = hold;
        this.random = new Random(seed);
        this.kinds = List.copyOf(kinds);
    }

    /** The next round. */
    List<PlannedFault> next() {
        PlannedFault first = fault(Duration.ZERO);
        if (random.nextDouble() >= TWO_AT_ONCE) {
            return List.of(first);
        }
        int latest = (int) Math.min(LATEST_SECOND_MILLIS, first.hold().toMillis());
        return List.of(first, fault(Duration.ofMillis(random.nextInt(latest))));
    }

    private PlannedFault fault(Duration after) {
        if (deck.isEmpty()) {
            List<FaultKind> shuffled = new ArrayList<>(kinds);
            Collections.shuffle(shuffled, random);
            deck.addAll(shuffled);
        }
        FaultKind kind = deck.remove();
        Target target =
                whichStandby(kind.targets().get(random.nextInt(kind.targets().size())));
        Duration drawn = Duration.ofMillis(HOLD_MILLIS[random.nextInt(HOLD_MILLIS.length)]);
        return new PlannedFault(kind, target, after, hold == null ? drawn : hold);
    }

    /** Nothing is drawn where there is nothing to choose: a seed gives the faults that it always gave. */
    private Target whichStandby(Target target) {
        return target == Target.STANDBY && severalStandbys && random.nextBoolean() ? Target.OTHER_STANDBY : target;
    }
}
