package io.prontuario.ha.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is about to happen in a while: a binary heap. */
final class LateEvents {
    private VirtualTime.@Nullable Event[] events = new VirtualTime.Event[64];
    private int size;

    int size() {
        return size;
    }

    VirtualTime.@Nullable Event peek() {
        return events[0];
    }

    void add(VirtualTime.Event event) {
        if (size == events.length) {
            events = Arrays.copyOf(events, 2 * size);
        }
        int place = size++;
        while (place > 0) {
            int parent = (place - 1) / 2;
            if (!isBefore(event, parent)) {
                break;
            }
            events[place] = events[parent];
            place = parent;
        }
        events[place] = event;
    }

    /** Takes the first one out. */
    void remove() {
        VirtualTime.Event last = events[--size];
        events[size] = null;
        if (size > 0 && last != null) {
            sink(last);
        }
    }

    private void sink(VirtualTime.Event event) {
        int place = 0;
        for (int child = 1; child < size; child = 2 * place + 1) {
            VirtualTime.Event left = events[child];
            if (left != null && child + 1 < size && !isBefore(left, child + 1)) {
                child++;
            }
            if (isBefore(event, child)) {
                break;
            }
            events[place] = events[child];
            place = child;
        }
        events[place] = event;
    }

    private boolean isBefore(VirtualTime.Event event, int place) {
        VirtualTime.Event other = events[place];
        return other != null && event.isBefore(other);
    }
}
