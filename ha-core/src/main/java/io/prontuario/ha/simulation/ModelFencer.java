package io.prontuario.ha.simulation;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.FenceRequest;
import io.prontuario.ha.spi.Fencer;
import io.prontuario.ha.spi.Outcome;
import java.util.function.Consumer;

/**
 * Switches machines off, with everything that runs on them, until a person switches them on again. Now and then it fails, and now and then
 * its answer gets lost although the machine is off.
 */
final class ModelFencer implements Fencer {
    private static final long MILLI = 1_000_000;

    private final VirtualTime time;
    private final Chance chance;
    private final Consumer<NodeName> switchOff;

    ModelFencer(VirtualTime time, Chance chance, Consumer<NodeName> switchOff) {
        this.time = time;
        this.chance = chance;
        this.switchOff = switchOff;
    }

    @Override
    public Outcome fence(FenceRequest request) {
        time.sleep(chance.between(20 * MILLI, chance.percent(80) ? 500 * MILLI : 4500 * MILLI));
        if (chance.percent(15)) {
            return Outcome.unknown("its power supply does not answer");
        }
        switchOff.accept(request.primary().node());
        return chance.percent(10) ? Outcome.unknown("the answer got lost") : Outcome.done("switched off");
    }
}
