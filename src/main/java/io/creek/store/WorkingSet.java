package io.creek.store;

import io.creek.command.Keys;
import io.creek.protocol.Request;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
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
    private final IntSupplier valueBytesMax;
    private final LongSupplier bytesMax;
    private final @Nullable Keyspace keyspace;
    private WorkingKey[] keys = new WorkingKey[0];
    private int keyCount;
    /** For each declared key the index of its {@link WorkingKey}; not used while no key is repeated. */
    private int @Nullable [] aliases;

    private int declared;
    /** The keys of the command that is evaluated, among those declared. */
    private int windowFirst;

    private int windowCount;
    private long nowMillis;
    private long total;
    private boolean cleared;
    /** Writes that were asked for so far, those of no effect included. */
    private long changes;

    /** Bytes of values that were copied to be looked at. */
    private long readBytes;

    /** Bytes of values that were written, those that were written over included. */
    private long writtenBytes;

    /**
     * @param bytesMax of values that may be copied, and that may be written, in one evaluation
     * @param keyspace to read from when needed; null when each key is loaded before the evaluation
     */
    WorkingSet(Placement placement, IntSupplier valueBytesMax, LongSupplier bytesMax, @Nullable Keyspace keyspace) {
        this.placement = placement;
        this.valueBytesMax = valueBytesMax;
        this.bytesMax = bytesMax;
        this.keyspace = keyspace;
    }

    /** Takes the keys of the operation. */
    void begin(StoreOperation operation) {
        declared = operation.keyCount();
        window(0, declared);
        total = 0;
        cleared = false;
        changes = 0;
        readBytes = 0;
        writtenBytes = 0;
        if (keys.length > KEYS_KEPT_MAX || keys.length < declared) {
            int reused = Math.min(keys.length, Math.min(declared, KEYS_KEPT_MAX));
            keys = Arrays.copyOf(Arrays.copyOf(keys, reused), declared);
        }
        keyCount = 0;
        aliases = null;
        Map<ByteBuffer, Integer> seen = declared > KEYS_COMPARED_MAX ? new HashMap<>(declared * 2) : null;
        for (int i = 0; i < declared; i++) {
            Request request = operation.keyRequest(i);
            int position = operation.keyPosition(i);
            add(operation, i, request.array(), request.offset(position), request.length(position), seen);
        }
    }

    /** Lets go of the arrays of requests and values: what one command has brought must not stay until another has as many keys. */
    void end() {
        for (int k = 0; k < keyCount; k++) {
            keys[k].end();
        }
    }

    private void add(
            StoreOperation operation,
            int i,
            byte[] array,
            int offset,
            int length,
            @Nullable Map<ByteBuffer, Integer> seen) {
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
            long place = i == 0 ? operation.place(placement) : placement.of(array, offset, length);
            keys[keyCount++].reset(array, offset, length, place);
        }
    }

    /** Has the next command see {@code count} of the declared keys, from {@code first} on, as its own. */
    void window(int first, int count) {
        windowFirst = first;
        windowCount = count;
    }

    /** Adds to the number of keys that there are before the evaluation. */
    void addTotal(long keyTotal) {
        total += keyTotal;
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

    /**
     * Bytes that the store grows by with the entry that the key is to have; at most, when the keyspace is another loop's.
     *
     * @param claimed as {@link EntryRecords#growth} has it
     */
    long growth(WorkingKey key, Entry entry, int[] claimed) {
        return keyspace == null
                ? EntryRecords.growthMax(entry)
                : keyspace.entries().growth(entry, key.stored(), claimed);
    }

    /** Whether memory has room for so much more; of another loop's keyspace that cannot be asked. */
    boolean hasRoom(long growth) {
        return keyspace == null || keyspace.records().hasRoom(growth);
    }

    /** Whether the keys may be those of several shards. */
    boolean isOverShards() {
        return keyspace == null;
    }

    /** Whether every key is to be removed, but those that are written after. */
    boolean clears() {
        return cleared;
    }

    long changes() {
        return changes;
    }

    boolean writes() {
        if (cleared) {
            return true;
        }
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
        int at = windowFirst + i;
        WorkingKey key = keys[aliases == null ? at : aliases[at]];
        load(key);
        return key;
    }

    private void load(WorkingKey key) {
        if (!key.isLoaded() && keyspace != null) {
            key.load(keyspace);
            key.judge(nowMillis);
        }
    }

    /** Copies the key's value for an evaluation on another loop, unless that will be refused for all that it reads. */
    void copyValue(WorkingKey key) {
        readBytes += key.storedBytes();
        if (readBytes <= bytesMax.getAsLong()) {
            key.loadValue();
        }
    }

    /** @throws EvaluationTooLargeException when what was copied before the evaluation is too much */
    void requireBounded() {
        requireBounded(readBytes);
    }

    /** @throws EvaluationTooLargeException when so many bytes of replies are too much */
    void requireBounded(long bytes) {
        long max = bytesMax.getAsLong();
        if (bytes > max) {
            throw new EvaluationTooLargeException(max);
        }
    }

    /** What a WATCH of the key remembers, and EXEC compares. */
    KeyState state(int i) {
        return declaredKey(i).state();
    }

    @Override
    public int count() {
        return windowCount;
    }

    @Override
    public long nowMillis() {
        return nowMillis;
    }

    @Override
    public int valueBytesMax() {
        return valueBytesMax.getAsInt();
    }

    @Override
    public boolean exists(int key) {
        return declaredKey(key).exists();
    }

    @Override
    public byte @Nullable [] value(int key) {
        WorkingKey read = declaredKey(key);
        readBytes += read.copiedBytes();
        requireBounded(readBytes);
        return read.value();
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
        changes++;
        writtenBytes += length;
        requireBounded(writtenBytes);
        declaredKey(key).put(bytes, offset, length, deadlineMillis);
    }

    @Override
    public void setDeadline(int key, long deadlineMillis) {
        changes++;
        declaredKey(key).setDeadline(deadlineMillis);
    }

    @Override
    public void delete(int key) {
        changes++;
        declaredKey(key).delete();
    }

    @Override
    public void clear() {
        changes++;
        cleared = true;
        for (int k = 0; k < keyCount; k++) {
            load(keys[k]);
            keys[k].vanish();
        }
    }

    @Override
    public long total() {
        long now = cleared ? 0 : total;
        for (int k = 0; k < keyCount; k++) {
            now += keys[k].countChange();
        }
        return now;
    }
}
