package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.demo.Scenario;
import java.util.Iterator;
import java.util.stream.Stream;

/** What can be said to an option that takes a scenario. */
final class ScenarioNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
        return Stream.of(Scenario.values()).map(Scenario::label).iterator();
    }
}
