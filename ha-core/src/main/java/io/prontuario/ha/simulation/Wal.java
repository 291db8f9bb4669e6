package io.prontuario.ha.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * A server's log: records one behind the other, of which each knows the timeline that it was written on. A position is the number of records
 * before it. Two logs can have different records at the same position: that they have diverged cannot be seen from positions.
 */
final class Wal {
    private final List<Entry> entries;
    private final List<Switch> switches;
    private int timeline;

    /** One record, which is the same only as itself. */
    record Entry(long id, int position, int timeline, String what) {
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    /** Up to that position the log is of that timeline, as in a {@code .history} file. */
    record Switch(int timeline, int position) {}

    Wal() {
        this(new ArrayList<>(), new ArrayList<>(), 1);
    }

    private Wal(List<Entry> entries, List<Switch> switches, int timeline) {
        this.entries = entries;
        this.switches = switches;
        this.timeline = timeline;
    }

    /** Another one with the same records. */
    Wal copy() {
        return new Wal(new ArrayList<>(entries), new ArrayList<>(switches), timeline);
    }

    int end() {
        return entries.size();
    }

    int timeline() {
        return timeline;
    }

    Entry get(int position) {
        return entries.get(position);
    }

    Entry write(long id, String what) {
        Entry entry = new Entry(id, entries.size(), timeline, what);
        entries.add(entry);
        return entry;
    }

    /** Takes over a record of another log, with its timeline. */
    void receive(Entry entry) {
        if (entry.timeline() != timeline) {
            switchTo(entry.timeline());
        }
        entries.add(entry);
    }

    void switchTo(int next) {
        switches.add(new Switch(timeline, entries.size()));
        timeline = next;
    }

    boolean holds(Entry entry) {
        return entry.position() < entries.size()
                && entries.get(entry.position()).equals(entry);
    }

    /** Loses what comes after a position, which a crash may do to what was not flushed. */
    void truncate(int position) {
        if (position < entries.size()) {
            entries.subList(position, entries.size()).clear();
        }
    }

    List<Switch> switches() {
        return List.copyOf(switches);
    }

    /** Where that timeline ends in this log's history: its own has no end, one that it does not know ends before everything. */
    int endOf(int other) {
        if (other == timeline) {
            return Integer.MAX_VALUE;
        }
        return switches.stream()
                .filter(one -> one.timeline() == other)
                .mapToInt(Switch::position)
                .findFirst()
                .orElse(-1);
    }
}
