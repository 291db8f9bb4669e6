package io.prontuario.ha.examples.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was meant by one that is not known. */
public final class Nearest {
    /** How many letters of a word make one slip of the finger likely. */
    private static final int LETTERS_PER_SLIP = 3;

    private Nearest() {}

    /** The known word that differs only by a few letters, by case or separators, or that begins with this one; empty when none does. */
    public static Optional<String> of(String wrong, List<String> known) {
        String bare = bare(wrong);
        return known.stream()
                .filter(word -> begins(bare(word), bare)
                        || distance(bare(word), bare) <= Math.max(1, bare.length() / LETTERS_PER_SLIP))
                .min(Comparator.comparingInt(word -> distance(bare(word), bare)));
    }

    private static String bare(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
    }

    private static boolean begins(String word, String start) {
        return start.length() >= LETTERS_PER_SLIP && word.startsWith(start);
    }

    /** How many letters must be changed, added, taken away or swapped with the next (optimal string alignment). */
    private static int distance(String left, String right) {
        int[][] cost = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
                int least = Math.min(cost[i - 1][j - 1] + change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                boolean swapped = i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1);
                cost[i][j] = swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
            }
        }
        return cost[left.length()][right.length()];
    }
}
