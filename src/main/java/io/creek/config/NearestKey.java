package io.creek.config;

import java.util.Collection;
import java.util.Optional;

/** Finds the word that a misspelt one was meant to be. Stateless. */
public final class NearestKey {

    /** More edits than this, or than a third of the word, are another word rather than a slip. */
    private static final int EDITS_MAX = 3;

    private NearestKey() {}

    static String unknownKey(String key) {
        return nearest(key, Setting.all().stream().map(Setting::key).toList())
                .map(nearest -> "unknown key, did you mean " + nearest + "?")
                .orElse("unknown key, creek --help lists all");
    }

    /** The first of those that are nearest; empty when none is near. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        Optional<String> nearest = Optional.empty();
        int least = Math.min(EDITS_MAX, Math.max(1, word.length() / 3)) + 1;
        for (String candidate : known) {
            int edits = edits(word, candidate);
            if (edits < least) {
                least = edits;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment distance). */
    private static int edits(String a, String b) {
        if (Math.abs(a.length() - b.length()) > EDITS_MAX) {
            return EDITS_MAX + 1;
        }
        int[][] distance = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            distance[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            distance[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                distance[i][j] = Math.min(
                        distance[i - 1][j - 1] + replace, Math.min(distance[i - 1][j], distance[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    distance[i][j] = Math.min(distance[i][j], distance[i - 2][j - 2] + 1);
                }
            }
        }
        return distance[a.length()][b.length()];
    }
}
