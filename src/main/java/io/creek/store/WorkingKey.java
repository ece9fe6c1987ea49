package io.creek.store;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One key of a {@link WorkingSet}: what the keyspace holds for it, and what the evaluation wants to write. Reused from one evaluation to the
 * next; used by one thread at a time.
 */
final class WorkingKey {
    enum Write {
        NONE,
        PUT,
        DEADLINE,
        DELETE
    }

    private static final byte[] NOTHING = {};

    byte[] array = NOTHING;
    int offset;
    int length;
    long placement;

    private @Nullable Keyspace keyspace;
    private @Nullable StoredEntry stored;
    private boolean loaded;
    private boolean storedVisible;
    private byte @Nullable [] storedValue;
    private long storedValueClock;
    private long storedValueNode;
    private long storedExpiryNode;

    private Write write = Write.NONE;
    private byte[] newArray = NOTHING;
    private int newOffset;
    private int newLength;
    private long newDeadlineMillis;

    void reset(byte[] array, int offset, int length, long placement) {
        this.array = array;
        this.offset = offset;
        this.length = length;
        this.placement = placement;
        loaded = false;
        storedVisible = false;
        storedValue = null;
        write = Write.NONE;
        newArray = array;
    }

    /** The evaluation is over. */
    void end() {
        array = NOTHING;
        newArray = NOTHING;
        storedValue = null;
    }

    boolean sameKey(byte[] other, int otherOffset, int otherLength) {
        return Arrays.equals(array, offset, offset + length, other, otherOffset, otherOffset + otherLength);
    }

    /** Reads the entry; on the loop that owns the keyspace. What clients may see of it is for {@link #judge} to say. */
    void load(Keyspace from) {
        if (keyspace != from || stored == null) {
            keyspace = from;
            stored = from.view();
        }
        from.find(placement, array, offset, length, stored);
        if (stored.found()) {
            storedValueClock = stored.valueClock;
            storedValueNode = from.entries().node(stored.valueNode);
            storedExpiryNode = from.entries().node(stored.expiryNode);
        }
        loaded = true;
    }

    /** Copies the value too, for an evaluation on another loop than the keyspace's. */
    void loadValue() {
        if (storedValue == null && stored().found() && !stored().tombstone) {
            storedValue = Objects.requireNonNull(keyspace).entries().value(stored());
        }
    }

    /** Bytes that {@link #loadValue} has yet to copy, from the keyspace's loop. */
    int storedBytes() {
        return storedValue == null && stored().found() && !stored().tombstone ? stored().valueLength : 0;
    }

    /** Bytes that {@link #value} has yet to copy. */
    int copiedBytes() {
        if (!exists()) {
            return 0;
        }
        return write == Write.PUT ? newLength : storedBytes();
    }

    /** Decides whether the entry exists at that time. */
    void judge(long nowMillis) {
        storedVisible = stored().visible(nowMillis);
    }

    boolean isLoaded() {
        return loaded;
    }

    boolean writes() {
        return write != Write.NONE;
    }

    /** Whether the write may only make the store smaller. */
    boolean shrinks() {
        return write == Write.DELETE;
    }

    /** Whether the write moves a deadline, and no more. */
    boolean keepsValue() {
        return write == Write.DEADLINE;
    }

    boolean exists() {
        return switch (write) {
            case NONE, DEADLINE -> storedVisible;
            case PUT -> true;
            case DELETE -> false;
        };
    }

    byte @Nullable [] value() {
        if (!exists()) {
            return null;
        }
        if (write == Write.PUT) {
            return Arrays.copyOfRange(newArray, newOffset, newOffset + newLength);
        }
        loadValue();
        return storedValue;
    }

    int valueLength() {
        if (!exists()) {
            return 0;
        }
        return write == Write.PUT ? newLength : stored().valueLength;
    }

    long deadlineMillis() {
        if (!exists()) {
            return 0;
        }
        return write == Write.NONE ? stored().deadlineMillis : newDeadlineMillis;
    }

    void put(byte[] bytes, int bytesOffset, int bytesLength, long deadlineMillis) {
        write = Write.PUT;
        newArray = bytes;
        newOffset = bytesOffset;
        newLength = bytesLength;
        newDeadlineMillis = deadlineMillis;
    }

    void setDeadline(long deadlineMillis) {
        if (exists()) {
            newDeadlineMillis = deadlineMillis;
            write = write == Write.PUT ? Write.PUT : Write.DEADLINE;
        }
    }

    /** The key is gone with all others, before what is written to it after. */
    void vanish() {
        stored().clear();
        storedVisible = false;
        storedValue = null;
        write = Write.NONE;
    }

    /** By how much the write changes the number of keys. */
    int countChange() {
        if (write == Write.NONE) {
            return 0;
        }
        boolean counted = stored().found() && !stored().tombstone;
        return (exists() ? 1 : 0) - (counted ? 1 : 0);
    }

    KeyState state() {
        return storedVisible
                ? new KeyState(true, storedValueClock, storedValueNode, stored().expiryClock, storedExpiryNode)
                : KeyState.ABSENT;
    }

    void delete() {
        if (exists()) {
            write = storedVisible ? Write.DELETE : Write.NONE;
        }
    }

    /** What the write makes of the entry, at that version. The value of a moved deadline is read here: on the keyspace's loop, or loaded before. */
    void describe(Entry entry, long clock, long node) {
        entry.key(array, offset, length);
        entry.written(clock, node);
        entry.deadlineMillis = write == Write.DELETE ? 0 : newDeadlineMillis;
        switch (write) {
            case PUT -> entry.value(newArray, newOffset, newLength);
            case DELETE -> entry.noValue();
            case DEADLINE -> {
                loadValue();
                byte[] value = Objects.requireNonNull(storedValue);
                entry.value(value, 0, value.length);
                entry.valueClock = storedValueClock;
                entry.valueNode = storedValueNode;
            }
            case NONE -> throw new IllegalStateException("a key that is not written has no entry");
        }
    }

    StoredEntry stored() {
        return Objects.requireNonNull(stored);
    }
}
