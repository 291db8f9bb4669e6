package io.prontuario.ha.decide;

import java.util.Arrays;

/** The states reached so far, each in two longs, numbered in the order in which they were found; with the state each was found from. */
final class States {
    private static final int FIRST_CAPACITY = 1 << 16;

    /** Two for each state, side by side: a look at a state is one look into memory. */
    private long[] parts = new long[FIRST_CAPACITY * 2];

    private int[] parents = new int[FIRST_CAPACITY];
    /** Open addressing: number of the state plus one, 0 for a free place. */
    private int[] table = new int[FIRST_CAPACITY * 2];

    private int size;

    int size() {
        return size;
    }

    long high(int state) {
        return parts[2 * state];
    }

    long low(int state) {
        return parts[2 * state + 1];
    }

    int parent(int state) {
        return parents[state];
    }

    /** The number of a state, which is the present size when it is new. */
    int add(long highPart, long lowPart, int parent) {
        int mask = table.length - 1;
        int place = hash(highPart, lowPart) & mask;
        while (table[place] != 0) {
            int state = table[place] - 1;
            if (parts[2 * state + 1] == lowPart && parts[2 * state] == highPart) {
                return state;
            }
            place = place + 1 & mask;
        }
        if (size == parents.length) {
            grow();
            return add(highPart, lowPart, parent);
        }
        parts[2 * size] = highPart;
        parts[2 * size + 1] = lowPart;
        parents[size] = parent;
        table[place] = size + 1;
        return size++;
    }

    private void grow() {
        int capacity = size + (size >> 1);
        parts = Arrays.copyOf(parts, capacity * 2);
        parents = Arrays.copyOf(parents, capacity);
        if (capacity * 1.5 > table.length) {
            table = new int[table.length * 2];
            int mask = table.length - 1;
            for (int state = 0; state < size; state++) {
                int place = hash(parts[2 * state], parts[2 * state + 1]) & mask;
                while (table[place] != 0) {
                    place = place + 1 & mask;
                }
                table[place] = state + 1;
            }
        }
    }

    private static int hash(long highPart, long lowPart) {
        long mixed = (lowPart ^ highPart * 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        return (int) (mixed ^ mixed >>> 32);
    }
}
