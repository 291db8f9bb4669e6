package io.prontuario.ha.health;

import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckResult;
import java.io.IOException;
import java.util.Locale;

/**
 * Whether the machine has memory to spare. Memory that the system uses as a cache and would give back counts as free: what is plainly free
 * is next to nothing on every machine that has run for a day.
 */
public final class MemoryCheck extends NamedCheck {
    private final double most;

    private MemoryCheck(double most) {
        super("memory", Capability.HOST);
        this.most = most;
    }

    /**
     * Fails when more than that share of the machine's memory is in use.
     *
     * @param share such as 0.85
     * @throws IllegalArgumentException when it is not above 0 and at most 1
     */
    public static MemoryCheck atMostUsed(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share of memory " + share + " must be above 0 and at most 1");
        }
        return new MemoryCheck(share);
    }

    @Override
    public CheckResult check() throws IOException, InterruptedException {
        MachineMemory memory = MachineMemory.read();
        String detail =
                String.format(Locale.ROOT, "%.1f %% used, at most %.1f %% wanted", memory.used() * 100, most * 100);
        return memory.used() > most ? CheckResult.failed(detail) : CheckResult.ok(detail);
    }
}
