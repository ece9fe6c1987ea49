package io.creek.config;

/** Finds the key that a misspelt one was meant to be. Stateless. */
final class NearestKey {

    /** More edits than this, or than a third of the word, are another word rather than a slip. */
    private static final int EDITS_MAX = 3;

    private NearestKey() {}

    static String unknownKey(String key) {
        String nearest = nearest(key);
        return nearest.isEmpty() ? "unknown key, creek --help lists all" : "unknown key, did you mean " + nearest + "?";
    }

    /** Empty when no key is near. */
    private static String nearest(String key) {
        String nearest = "";
        int least = Math.min(EDITS_MAX, Math.max(1, key.length() / 3)) + 1;
        for (Setting<?> setting : Setting.all()) {
            int edits = edits(key, setting.key());
            if (edits < least) {
                least = edits;
                nearest = setting.key();
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
