package io.prontuario.ha.engine;

import io.prontuario.ha.spi.FenceRequest;
import io.prontuario.ha.spi.Fencer;
import io.prontuario.ha.spi.Outcome;

/** A fencer that keeps its limit whatever becomes of its calls: the coordinator's thread waits no longer, so a device that hangs costs no node its office. */
final class GuardedFencer implements Fencer, AutoCloseable {
    private final Fencer fencer;
    private final OneAtATime calls = new OneAtATime("fencer");

    GuardedFencer(Fencer fencer) {
        this.fencer = fencer;
    }

    /** A call that comes to its end late has fenced all the same: the next one, for whom it is then, finds that out. */
    @Override
    public Outcome fence(FenceRequest request) {
        return calls.bounded(request.limit(), () -> fencer.fence(request));
    }

    @Override
    public void close() {
        calls.close();
    }
}
