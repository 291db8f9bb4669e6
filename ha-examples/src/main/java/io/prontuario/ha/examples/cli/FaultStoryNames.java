package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.faults.FaultProgram;
import java.util.Iterator;

/** For help and completion. */
final class FaultStoryNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
        return FaultProgram.stories().iterator();
    }
}
