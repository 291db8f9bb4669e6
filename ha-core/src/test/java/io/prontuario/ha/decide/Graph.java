package io.prontuario.ha.decide;

import java.util.Arrays;

/**
 * The part of the search's graph that a run may count on once faults have stopped, and whether every state in it leads to a good one.
 *
 * <p>In a finite graph every run in which each move that stays possible is made in the end reaches a good state if and only if a good
 * state can be reached from every state: then each set of states that a run cannot leave contains one.
 */
final class Graph {
    private static final int TARGET = 0x03ff_ffff;
    private static final int FIRST_CAPACITY = 1 << 16;

    private final Question question;
    private int[] starts = new int[FIRST_CAPACITY];
    /** 26 bits of target, three of nodes that have to be there, two of the node whose loss makes it happen (3: always). */
    private int[] edges = new int[FIRST_CAPACITY * 4];
    /** For each state and lost node (the last: none) whether it is good, and whether it has to lead to a good one. */
    private byte[] good = new byte[FIRST_CAPACITY];

    private byte[] due = new byte[FIRST_CAPACITY];
    private int states;
    private int size;

    /** What is asked of the states; {@code lost} is the node that is lost for good, -1 when none is. */
    interface Question {
        boolean good(World world, int lost);

        /** Whether one has to be reachable from here; not beyond what the bounds still allow, nor when no copy is left. */
        boolean due(World world, int lost);
    }

    /** What became of it: how many states had to lead to a good one, and the first that does not. */
    record Verdict(long due, int stuck, int lost) {
        boolean holds() {
            return stuck < 0;
        }
    }

    Graph(Question question) {
        this.question = question;
    }

    void begin(int state, World world) {
        if (state + 1 >= starts.length) {
            starts = Arrays.copyOf(starts, starts.length * 2);
            good = Arrays.copyOf(good, good.length * 2);
            due = Arrays.copyOf(due, due.length * 2);
        }
        starts[state] = size;
        states = state + 1;
        for (int lost = -1; lost < world.nodes(); lost++) {
            good[state] |= (byte) (question.good(world, lost) ? 1 << (lost + 1) : 0);
            due[state] |= (byte) (question.due(world, lost) ? 1 << (lost + 1) : 0);
        }
    }

    void edge(int who, int other, int counted, int target) {
        if (size == edges.length) {
            edges = Arrays.copyOf(edges, size + (size >> 1));
        }
        int needed = (who < 0 ? 0 : 1 << who) | (other < 0 ? 0 : 1 << other);
        edges[size++] = target | needed << 26 | (counted < 0 ? 3 : counted) << 29;
    }

    /** Asks for each node that may be lost for good, and for none. Every state must have been expanded. */
    Verdict verdict(int nodes) {
        starts[states] = size;
        int[] backStarts = new int[states + 1];
        for (int edge = 0; edge < size; edge++) {
            backStarts[(edges[edge] & TARGET) + 1]++;
        }
        for (int state = 0; state < states; state++) {
            backStarts[state + 1] += backStarts[state];
        }
        int[] back = new int[size];
        int[] next = Arrays.copyOf(backStarts, states);
        for (int state = 0; state < states; state++) {
            for (int edge = starts[state]; edge < starts[state + 1]; edge++) {
                back[next[edges[edge] & TARGET]++] = state | (edges[edge] & ~TARGET);
            }
        }
        long asked = 0;
        for (int lost = -1; lost < nodes; lost++) {
            byte bit = (byte) (1 << (lost + 1));
            boolean[] leads = leading(lost, bit, backStarts, back);
            for (int state = 0; state < states; state++) {
                if ((due[state] & bit) != 0) {
                    asked++;
                    if (!leads[state]) {
                        return new Verdict(asked, state, lost);
                    }
                }
            }
        }
        return new Verdict(asked, -1, -1);
    }

    private boolean[] leading(int lost, byte bit, int[] backStarts, int[] back) {
        boolean[] leads = new boolean[states];
        int[] queue = new int[states];
        int end = 0;
        for (int state = 0; state < states; state++) {
            if ((good[state] & bit) != 0) {
                leads[state] = true;
                queue[end++] = state;
            }
        }
        for (int at = 0; at < end; at++) {
            for (int edge = backStarts[queue[at]]; edge < backStarts[queue[at] + 1]; edge++) {
                int from = back[edge] & TARGET;
                if (!leads[from] && canCountOn(back[edge], lost)) {
                    leads[from] = true;
                    queue[end++] = from;
                }
            }
        }
        return leads;
    }

    private static boolean canCountOn(int edge, int lost) {
        int needed = edge >>> 26 & 7;
        int reason = edge >>> 29 & 3;
        return (lost < 0 || (needed & 1 << lost) == 0) && (reason == 3 || reason == lost);
    }
}
