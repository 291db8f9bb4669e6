package io.prontuario.ha.simulation;

import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/** The one source of chance of a run. SplitMix64, written out, so that a seed means the same on every JDK. */
final class Chance implements RandomGenerator {
    private long state;

    Chance(long seed) {
        this.state = seed;
    }

    @Override
    public long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        long mixed = state;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** From {@code least} to {@code most}, both possible. */
    long between(long least, long most) {
        return least + Long.remainderUnsigned(nextLong(), most - least + 1);
    }

    /** True so many times in a hundred. */
    boolean percent(int often) {
        return between(1, 100) <= often;
    }

    /** Eight hexadecimal digits. */
    String hexId() {
        return HexFormat.of().toHexDigits((int) nextLong());
    }

    /** One of these. */
    <T> T oneOf(List<T> all) {
        return all.get((int) between(0, all.size() - 1));
    }
}
