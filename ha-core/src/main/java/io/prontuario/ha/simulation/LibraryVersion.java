package io.prontuario.ha.simulation;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.RecordFormat;
import io.prontuario.ha.spi.Versioned;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * The version of the library that a simulated node is of, as far as the record shows it. A later one adds a field that the former does not
 * know, and gives the record a format that the former does not understand as soon as it sees no node of the former at work. That is
 * rash: one that is away comes back to a record that it must leave alone.
 *
 * @param understands the highest format that it understands
 * @param raises whether it may use that; asked at each write
 */
record LibraryVersion(int understands, BooleanSupplier raises) {
    static final String ADDED = "later";

    static final LibraryVersion FORMER = new LibraryVersion(RecordFormat.UNDERSTOOD, () -> false);

    static LibraryVersion later(BooleanSupplier raises) {
        return new LibraryVersion(RecordFormat.UNDERSTOOD + 1, raises);
    }

    boolean isLater() {
        return understands > RecordFormat.UNDERSTOOD;
    }

    Optional<String> doesNotUnderstand(ClusterState state) {
        return state.format().beyond(understands);
    }

    /** As the engine of this version sees it: in a format that it understands. The number is kept in what was added. */
    Versioned read(Versioned record) {
        RecordFormat format = record.state().format();
        return format.number() == RecordFormat.UNDERSTOOD
                ? record
                : new Versioned(
                        record.state().withFormat(new RecordFormat(RecordFormat.UNDERSTOOD, format.unknown())),
                        record.version(),
                        record.incarnation(),
                        record.writeId());
    }

    /** As it goes to the store. */
    ClusterState written(ClusterState state) {
        if (!isLater()) {
            return state;
        }
        Map<String, String> unknown = new TreeMap<>(state.format().unknown());
        int before = Integer.parseInt(unknown.getOrDefault(ADDED, Integer.toString(RecordFormat.UNDERSTOOD)));
        int number = raises.getAsBoolean() ? understands : before;
        unknown.put(ADDED, Integer.toString(number));
        return state.withFormat(new RecordFormat(number, unknown));
    }
}
