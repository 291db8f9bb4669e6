package io.prontuario.ha.examples.load;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** How it goes at this moment, for a line a second. Any thread may beat; one reads. */
final class Pulse {
    private static final int DIGITS = 2;

    private final Recorder recorder = new Recorder(DIGITS);
    private final LongAdder failed = new LongAdder();
    private final LongAdder inDoubt = new LongAdder();

    void beat(Visit visit) {
        switch (visit.answer().fate()) {
            case SERVED -> recorder.recordValue(Math.max(0, visit.took().toNanos() / 1000));
            case FAILED -> failed.increment();
            case IN_DOUBT -> inDoubt.increment();
        }
    }

    /** One line about the time since the last one, which was so many seconds ago. */
    String line(double seconds) {
        Histogram since = recorder.getIntervalHistogram();
        return String.format(
                "%6.0f requests/s served, median %6.1f ms, 99 %% within %7.1f ms, longest %7.1f ms; failed %d, in doubt %d",
                since.getTotalCount() / seconds,
                since.getValueAtPercentile(50) / 1e3,
                since.getValueAtPercentile(99) / 1e3,
                since.getMaxValue() / 1e3,
                failed.sum(),
                inDoubt.sum());
    }
}
