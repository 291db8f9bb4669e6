package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.faults.FaultProgram;
import java.util.Iterator;

/** For help and completion. */
final class FaultKindNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
        return FaultProgram.kinds().iterator();
    }
}
