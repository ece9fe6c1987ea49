package io.creek.store;

import io.creek.command.CommandSpec;
import io.creek.command.Keys;
import io.creek.protocol.Request;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one evaluation: views of what is stored, and the writes that the command wants, buffered until all of them are accepted.
 *
 * <p>On one shard entries are read when the command looks at them; for an evaluation over several shards they are loaded before, each on
 * its own loop. Reused from one evaluation to the next; used by one thread at a time. A key named twice is one {@link WorkingKey}.
 */
final class WorkingSet implements Keys {
    /** Commands with more keys than this get their keys anew each time, so that one large command leaves nothing behind. */
    private static final int KEYS_KEPT_MAX = 64;

    /** Up to so many keys, repeated ones are found by comparing all; beyond, by a hash table. */
    private static final int KEYS_COMPARED_MAX = 8;

    private final Placement placement;
    private final int valueBytesMax;
    private final @Nullable Keyspace keyspace;
    private WorkingKey[] keys = new WorkingKey[0];
    private int keyCount;
    /** For each declared key the index of its {@link WorkingKey}; not used while no key is repeated. */
    private int @Nullable [] aliases;

    private int declared;
    private long nowMillis;

    /** @param keyspace to read from when needed; null when each key is loaded before the evaluation */
    WorkingSet(Placement placement, int valueBytesMax, @Nullable Keyspace keyspace) {
        this.placement = placement;
        this.valueBytesMax = valueBytesMax;
        this.keyspace = keyspace;
    }

    /** Takes the keys of the request. */
    void begin(CommandSpec spec, Request request) {
        declared = spec.keyCount(request);
        if (keys.length > KEYS_KEPT_MAX || keys.length < declared) {
            int reused = Math.min(keys.length, Math.min(declared, KEYS_KEPT_MAX));
            keys = Arrays.copyOf(Arrays.copyOf(keys, reused), declared);
        }
        keyCount = 0;
        aliases = null;
        Map<ByteBuffer, Integer> seen = declared > KEYS_COMPARED_MAX ? new HashMap<>(declared * 2) : null;
        for (int i = 0; i < declared; i++) {
            int position = spec.keyPosition(i);
            add(i, request.array(), request.offset(position), request.length(position), seen);
        }
    }

    private void add(int i, byte[] array, int offset, int length, @Nullable Map<ByteBuffer, Integer> seen) {
        int same = keyCount;
        if (seen != null) {
            Integer earlier = seen.putIfAbsent(ByteBuffer.wrap(array, offset, length), keyCount);
            same = earlier == null ? keyCount : earlier;
        } else {
            for (int k = keyCount - 1; k >= 0; k--) {
                same = keys[k].sameKey(array, offset, length) ? k : same;
            }
        }
        if (same < keyCount && aliases == null) {
            aliases = new int[declared];
            Arrays.setAll(aliases, k -> k);
        }
        if (aliases != null) {
            aliases[i] = same;
        }
        if (same == keyCount) {
            if (keys[keyCount] == null) {
                keys[keyCount] = new WorkingKey();
            }
            keys[keyCount++].reset(array, offset, length, placement.of(array, offset, length));
        }
    }

    /** Sets the time that the evaluation sees. */
    void at(long time) {
        nowMillis = time;
        for (int k = 0; k < keyCount; k++) {
            if (keys[k].isLoaded()) {
                keys[k].judge(time);
            }
        }
    }

    /** Different keys. */
    int size() {
        return keyCount;
    }

    WorkingKey key(int k) {
        return keys[k];
    }

    boolean writes() {
        for (int k = 0; k < keyCount; k++) {
            if (keys[k].writes()) {
                return true;
            }
        }
        return false;
    }

    /** How many of the keys exist, as the evaluation left them. */
    int existing() {
        int existing = 0;
        for (int k = 0; k < keyCount; k++) {
            existing += keys[k].isLoaded() && keys[k].exists() ? 1 : 0;
        }
        return existing;
    }

    private WorkingKey declaredKey(int i) {
        WorkingKey key = keys[aliases == null ? i : aliases[i]];
        if (!key.isLoaded() && keyspace != null) {
            key.load(keyspace);
            key.judge(nowMillis);
        }
        return key;
    }

    @Override
    public int count() {
        return declared;
    }

    @Override
    public long nowMillis() {
        return nowMillis;
    }

    @Override
    public int valueBytesMax() {
        return valueBytesMax;
    }

    @Override
    public boolean exists(int key) {
        return declaredKey(key).exists();
    }

    @Override
    public byte @Nullable [] value(int key) {
        return declaredKey(key).value();
    }

    @Override
    public int valueLength(int key) {
        return declaredKey(key).valueLength();
    }

    @Override
    public long deadlineMillis(int key) {
        return declaredKey(key).deadlineMillis();
    }

    @Override
    public void put(int key, byte[] bytes, int offset, int length, long deadlineMillis) {
        declaredKey(key).put(bytes, offset, length, deadlineMillis);
    }

    @Override
    public void setDeadline(int key, long deadlineMillis) {
        declaredKey(key).setDeadline(deadlineMillis);
    }

    @Override
    public void delete(int key) {
        declaredKey(key).delete();
    }
}
