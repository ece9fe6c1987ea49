package io.creek.store;

import io.creek.protocol.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a few commands do to a plain map, and which frame of the log did it last to each key. One thread. */
final class PlainModel {
    /** @param deadlineMillis 0 for none */
    record Stored(String value, long deadlineMillis) {
        boolean visible(long nowMillis) {
            return deadlineMillis == 0 || deadlineMillis > nowMillis;
        }
    }

    /** A reply, and what the command sets; a null value removes. */
    record Outcome(Reply reply, Map<String, @Nullable Stored> changes) {}

    private static final Reply NOT_AN_INTEGER = Reply.error("ERR value is not an integer or out of range");

    private final Map<String, Stored> stored = new HashMap<>();
    private final Map<String, Long> touched = new HashMap<>();

    /** What the command answers and wants; nothing has happened yet. */
    Outcome evaluate(List<String> words, long nowMillis) {
        String key = words.get(1);
        Stored old = visible(key, nowMillis);
        Map<String, @Nullable Stored> changes = new LinkedHashMap<>();
        Reply reply = Reply.OK;
        switch (words.get(0)) {
            case "SET" -> changes.put(key, new Stored(words.get(2), 0));
            case "PSETEX" -> changes.put(key, new Stored(words.get(3), nowMillis + Long.parseLong(words.get(2))));
            case "SETNX" -> {
                reply = Reply.integer(old == null ? 1 : 0);
                if (old == null) {
                    changes.put(key, new Stored(words.get(2), 0));
                }
            }
            case "MSET" -> {
                for (int i = 1; i < words.size(); i += 2) {
                    changes.put(words.get(i), new Stored(words.get(i + 1), 0));
                }
            }
            case "DEL" -> {
                for (String each : words.subList(1, words.size())) {
                    if (visible(each, nowMillis) != null) {
                        changes.put(each, null);
                    }
                }
                reply = Reply.integer(changes.size());
            }
            case "PEXPIRE" -> {
                reply = Reply.integer(old == null ? 0 : 1);
                if (old != null) {
                    changes.put(key, new Stored(old.value, nowMillis + Long.parseLong(words.get(2))));
                }
            }
            case "FLUSHALL" -> {
                stored.keySet().forEach(each -> changes.put(each, null));
                // It is logged also when there is nothing to remove.
                changes.put("", null);
            }
            case "INCR" -> reply = increment(key, old, changes);
            case "GET" -> reply = old == null ? Reply.NIL : Reply.bulk(old.value);
            case "MGET" -> {
                List<Reply> values = new ArrayList<>();
                for (String each : words.subList(1, words.size())) {
                    Stored one = visible(each, nowMillis);
                    values.add(one == null ? Reply.NIL : Reply.bulk(one.value));
                }
                reply = Reply.array(values.toArray(Reply[]::new));
            }
            default -> throw new IllegalArgumentException(words.get(0));
        }
        return new Outcome(reply, changes);
    }

    private static Reply increment(String key, @Nullable Stored old, Map<String, @Nullable Stored> changes) {
        String value = old == null ? "0" : old.value;
        if (!value.matches("-?\\d{1,17}")) {
            return NOT_AN_INTEGER;
        }
        long next = Long.parseLong(value) + 1;
        changes.put(key, new Stored(String.valueOf(next), old == null ? 0 : old.deadlineMillis));
        return Reply.integer(next);
    }

    private @Nullable Stored visible(String key, long nowMillis) {
        Stored found = stored.get(key);
        return found != null && found.visible(nowMillis) ? found : null;
    }

    /** It has happened, by that frame. */
    void apply(long sequence, Map<String, @Nullable Stored> changes) {
        changes.forEach((key, value) -> {
            touched.put(key, sequence);
            if (value == null) {
                stored.remove(key);
            } else {
                stored.put(key, value);
            }
        });
    }

    /** The last frame that touched any of the keys of a command. */
    long lastTouched(List<String> words) {
        return words.stream()
                .mapToLong(word -> touched.getOrDefault(word, 0L))
                .max()
                .orElse(0);
    }

    Map<String, Stored> visible(long nowMillis) {
        Map<String, Stored> visible = new HashMap<>(stored);
        visible.values().removeIf(each -> !each.visible(nowMillis));
        return visible;
    }

    PlainModel copy() {
        PlainModel copy = new PlainModel();
        copy.stored.putAll(stored);
        copy.touched.putAll(touched);
        return copy;
    }
}
