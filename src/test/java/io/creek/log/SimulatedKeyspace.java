package io.creek.log;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keys and their newest texts, merged by the version that each text begins with. One thread. */
final class SimulatedKeyspace {
    static final int KEYS = 24;
    static final int SLICES = 4;

    private final Map<Integer, String> texts = new TreeMap<>();

    static String text(int version, int key, int bytes) {
        return version + ":" + key + ":" + "x".repeat(bytes);
    }

    void merge(String text) {
        texts.merge(part(text, 1), text, (there, other) -> part(there, 0) > part(other, 0) ? there : other);
    }

    /** What a walk reads in one turn. */
    List<String> slice(int slice) {
        return texts.entrySet().stream()
                .filter(entry -> entry.getKey() % SLICES == slice)
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Keys of the other that are not the same here. */
    long differences(SimulatedKeyspace other) {
        return other.texts.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(texts.get(entry.getKey())))
                .count();
    }

    private static int part(String text, int index) {
        return Integer.parseInt(text.split(":", 3)[index]);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SimulatedKeyspace keyspace && texts.equals(keyspace.texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder keys = new StringBuilder();
        texts.forEach((key, text) ->
                keys.append(key).append('=').append(part(text, 0)).append(' '));
        return keys.toString();
    }
}
