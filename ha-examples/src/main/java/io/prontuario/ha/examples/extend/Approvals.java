package io.prontuario.ha.examples.extend;

import io.prontuario.ha.model.NodeName;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a person has agreed to. One agreement at a time, and only for the epoch that the person saw: whoever agrees to a takeover agrees to the
 * loss of this primary, not of the next one. Any thread.
 */
public final class Approvals {
    private record Approval(NodeName to, long epoch) {}

    private final AtomicReference<@Nullable Approval> last = new AtomicReference<>();

    /** That node may take over from the primary of that epoch; takes the place of what was agreed to before. */
    public void approve(NodeName to, long epoch) {
        last.set(new Approval(to, epoch));
    }

    /** Nothing is agreed to any more. */
    public void withdraw() {
        last.set(null);
    }

    /** Whether it has been agreed to. */
    public boolean approved(NodeName to, long epoch) {
        return new Approval(to, epoch).equals(last.get());
    }
}
