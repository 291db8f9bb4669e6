package io.prontuario.ha.simulation;

import org.jspecify.annotations.Nullable;

/**
 * What is about to happen, by time, and at the same time in the order in which it was added.
 *
 * <p>A ring of slots, each for a quarter of a millisecond and with the few events of that time in their order; a bit for each slot says
 * whether there is anything in it. Nearly everything is about to happen within the second that the ring goes around; what is not is in a
 * {@link LateEvents heap} until its time comes. In a heap, taking and adding had 17 of 100 samples.
 */
final class EventQueue {
    /** As a power of two, in nanoseconds. */
    private static final int SLOT = 18;

    private static final int SLOTS = 4096;
    private static final int BITS = Long.SIZE;

    private final VirtualTime.@Nullable Event[] first = new VirtualTime.Event[SLOTS];
    private final long[] taken = new long[SLOTS / BITS];
    private final LateEvents late = new LateEvents();
    /** The slot of the last event, counted from the beginning of time: all that is in the ring is in it or less than a round after it. */
    private long present;

    private int inRing;

    int size() {
        return inRing + late.size();
    }

    void add(VirtualTime.Event event) {
        long slot = Math.max(present, event.nanos() >>> SLOT);
        if (slot >= present + SLOTS) {
            late.add(event);
            return;
        }
        int place = (int) (slot % SLOTS);
        VirtualTime.Event before = null;
        VirtualTime.Event after = first[place];
        // What was added before it and is for the same moment comes first.
        while (after != null && after.nanos() <= event.nanos()) {
            before = after;
            after = after.next();
        }
        event.follow(after);
        if (before == null) {
            first[place] = event;
            taken[place / BITS] |= 1L << place;
        } else {
            before.follow(event);
        }
        inRing++;
    }

    /** The next one; null when nothing is about to happen. */
    VirtualTime.@Nullable Event poll() {
        VirtualTime.Event far = late.peek();
        int place = inRing == 0 ? 0 : nextTaken();
        VirtualTime.Event near = first[place];
        if (near == null || (far != null && far.isBefore(near))) {
            if (far != null) {
                present = Math.max(present, far.nanos() >>> SLOT);
                late.remove();
            }
            return far;
        }
        present = Math.max(present, near.nanos() >>> SLOT);
        VirtualTime.Event rest = near.next();
        first[place] = rest;
        near.follow(null);
        if (rest == null) {
            taken[place / BITS] &= ~(1L << place);
        }
        inRing--;
        return near;
    }

    /** The first slot at or after the present one, around the ring, in which there is something. Something is in the ring. */
    private int nextTaken() {
        int from = (int) (present % SLOTS);
        int word = from / BITS;
        long rest = taken[word] & (-1L << from);
        while (rest == 0) {
            word = (word + 1) % taken.length;
            rest = taken[word];
        }
        return word * BITS + Long.numberOfTrailingZeros(rest);
    }
}
