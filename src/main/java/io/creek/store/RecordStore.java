package io.creek.store;

import io.creek.command.ShardStatus;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Byte records outside of the heap, by record id, in arenas of at most 64 MiB.
 *
 * <p>Records are padded to {@link SizeClasses}. A free one is used again by the next record of its class, in whichever arena it lies; only
 * when there is none a new one is taken, from the one arena that is open. So memory that was taken for one class does no good to another:
 * when free records hold too much of what is taken, the arena that is freest is closed to new records, {@link Evacuation} moves what
 * lives there to others, and the arena goes as a whole. An arena in which nothing lives any more goes at once.
 *
 * <p>A record id has {@value #ID_BITS} bits: the arena's number, and in the lower {@value #NUMBER_SHIFT} the record within it.
 *
 * <p>Owned by one event loop. Invariants: an arena is on the list of a class exactly when it has free records of that class and is not
 * evacuated; taken, free and live bytes are the sums of those of the arenas.
 */
final class RecordStore {
    /** When more than this many hundredths of what is taken are free, arenas are evacuated. */
    private static final int FREE_PERCENT_MAX = 30;

    /** The same, when clients' writes are about to be refused. */
    private static final int SPENT_FREE_PERCENT_MAX = 10;

    /** An arena that is less free than this is not worth the work. */
    private static final int VICTIM_FREE_PERCENT_MIN = 10;

    /** Less is not worth it, whatever the share. */
    private static final long FREE_BYTES_MIN = ArenaMemory.PAGE_BYTES;

    /** Of a record's id, so that an index has the rest of a word for what it knows of the key. */
    static final int ID_BITS = 40;

    /** An arena has at most 2^22 records, which are counted from 1. */
    private static final int NUMBER_SHIFT = 23;

    private static final int RECORD_MASK = (1 << NUMBER_SHIFT) - 1;
    private static final int ARENAS_MAX = 1 << (ID_BITS - NUMBER_SHIFT);

    /** Reads a record where it lies: all {@code size} bytes that it has room for, from {@code offset} of a buffer that must not be kept. */
    interface Reader {
        long read(ByteBuffer buffer, int offset, int size);
    }

    private final StoreBudget budget;
    private final ArenaMemory memory;
    /** By number; null where there is none. */
    private @Nullable Arena[] arenas = new Arena[4];

    private final ArenaStack[] withFree = new ArenaStack[SizeClasses.COUNT];
    /** Where new records are taken from. */
    private @Nullable Arena open;

    private @Nullable Arena victim;
    /** What is taken and not free, for others to read. */
    private final AtomicLong liveBytes = new AtomicLong();

    private final int[] live = new int[SizeClasses.COUNT];
    /** Free records that can be used again, by class. */
    private final int[] reusable = new int[SizeClasses.COUNT];

    private long takenBytes;
    private long freeBytes;
    private long evacuations;

    RecordStore(ArenaMemory memory, StoreBudget budget) {
        this.memory = memory;
        this.budget = budget;
        Arrays.setAll(withFree, i -> new ArenaStack());
    }

    /** The most that {@link #put} could take. Any thread. */
    static long growthMax(int length) {
        return SizeClasses.bytes(SizeClasses.of(length));
    }

    /**
     * Bytes that {@link #put} would take: none when a free record fits that no other of the same frame will have.
     *
     * @param claimed free records by class that those others will have; what this one will have is added
     */
    long growth(int length, int[] claimed) {
        int sizeClass = SizeClasses.of(length);
        return claimed[sizeClass]++ < reusable[sizeClass] ? 0 : SizeClasses.bytes(sizeClass);
    }

    /** Bytes that {@link #replace} would take. */
    long growth(int oldSize, int length, int[] claimed) {
        return SizeClasses.room(SizeClasses.replacing(oldSize, length)) == oldSize ? 0 : growth(length, claimed);
    }

    /** Whether there is, or will be in a moment, memory for so much more. */
    boolean hasRoom(long growth) {
        // Records do not fill pages quite.
        long wanted = growth + growth / 16 - (open == null ? 0 : open.roomBytes());
        if (wanted <= 0) {
            return true;
        }
        int pagesMax = budget.arenaPages();
        long arenaBytes = (long) pagesMax * ArenaMemory.PAGE_BYTES;
        return memory.hasRoom((int) Math.min(Integer.MAX_VALUE, (wanted + arenaBytes - 1) / arenaBytes), pagesMax);
    }

    /** Whether there is no room because there is nowhere any. Any thread. */
    boolean isFull() {
        return memory.isFull();
    }

    /**
     * Stores the first {@code length} bytes and returns their record id. The array must be as long as the room of the record; what lies
     * between is stored too and has no meaning.
     */
    long put(byte[] record, int length) {
        int sizeClass = SizeClasses.of(length);
        int bytes = SizeClasses.bytes(sizeClass);
        ArenaStack listed = withFree[sizeClass];
        Arena arena;
        int number;
        if (listed.isEmpty()) {
            arena = openArena(sizeClass);
            number = arena.put(record, sizeClass);
            takenBytes += bytes;
            budget.take(bytes);
        } else {
            arena = listed.top();
            number = arena.reuse(record, sizeClass);
            freeBytes -= bytes;
            reusable[sizeClass]--;
            if (!arena.hasFree(sizeClass)) {
                listed.pop();
            }
        }
        lives(sizeClass, 1);
        return id(arena, number);
    }

    private Arena openArena(int sizeClass) {
        Arena arena = open;
        if (arena == null || !arena.hasRoom(sizeClass)) {
            int number = freeNumber();
            arena = new Arena(number, memory.open(budget.arenaPages()));
            arenas[number] = arena;
            Arena full = open;
            open = arena;
            if (full != null) {
                dropIfEmpty(full);
            }
        }
        return arena;
    }

    private int freeNumber() {
        for (int number = 0; number < arenas.length; number++) {
            if (arenas[number] == null) {
                return number;
            }
        }
        if (arenas.length >= ARENAS_MAX) {
            throw new IllegalStateException("store: expected fewer than " + ARENAS_MAX + " arenas");
        }
        int number = arenas.length;
        arenas = Arrays.copyOf(arenas, number * 2);
        return number;
    }

    private Arena arena(long id) {
        Arena arena = arenas[(int) (id >>> NUMBER_SHIFT)];
        if (arena == null) {
            throw new IllegalStateException("record " + Long.toHexString(id) + ": expected its arena, actual none");
        }
        return arena;
    }

    private static int record(long id) {
        return (int) id & RECORD_MASK;
    }

    /** Replaces the record {@code id} of {@code oldSize} bytes, in place unless its class changes; returns the id that it has now. */
    long replace(long id, int oldSize, byte[] record, int length) {
        int sizeClass = SizeClasses.replacing(oldSize, length);
        if (SizeClasses.room(sizeClass) != oldSize) {
            long moved = put(record, length);
            free(id, oldSize);
            return moved;
        }
        arena(id).update(record(id), record, sizeClass);
        return id;
    }

    void free(long id, int size) {
        int sizeClass = SizeClasses.of(size);
        Arena arena = arena(id);
        boolean first = arena.free(record(id), sizeClass);
        if (!arena.isEvacuated()) {
            reusable[sizeClass]++;
            if (first) {
                withFree[sizeClass].push(arena);
            }
        }
        freeBytes += SizeClasses.bytes(sizeClass);
        lives(sizeClass, -1);
        dropIfEmpty(arena);
    }

    private void lives(int sizeClass, int change) {
        live[sizeClass] += change;
        // The owner alone writes: no more than a store.
        liveBytes.lazySet(liveBytes.getPlain() + (long) change * SizeClasses.bytes(sizeClass));
    }

    private void dropIfEmpty(Arena arena) {
        if (arena.freeBytes() == arena.takenBytes() && arena != open) {
            drop(arena);
        }
    }

    private void drop(Arena arena) {
        forgetFree(arena);
        if (arena == victim) {
            victim = null;
            evacuations++;
        }
        takenBytes -= arena.takenBytes();
        freeBytes -= arena.freeBytes();
        budget.take(-arena.takenBytes());
        arenas[arena.number()] = null;
        arena.close();
    }

    private void forgetFree(Arena arena) {
        for (int i = 0; i < SizeClasses.COUNT; i++) {
            if (arena.hasFree(i)) {
                withFree[i].remove(arena);
                reusable[i] -= arena.free(i);
            }
        }
    }

    long read(long id, Reader reader) {
        return arena(id).read(record(id), reader);
    }

    /** Has the beginning of a record loaded from memory; answers something of it. */
    long load(long id) {
        return arena(id).load(record(id));
    }

    /** Changes eight bytes of a record where it lies. */
    void putLong(long id, int position, long value) {
        arena(id).putLong(record(id), position, value);
    }

    /** Whether free records hold more than they should. */
    boolean isFragmented() {
        return isFree(FREE_PERCENT_MAX) || (budget.isNearlySpent() && isFree(SPENT_FREE_PERCENT_MAX));
    }

    private boolean isFree(int percent) {
        return freeBytes > takenBytes / 100 * percent && freeBytes >= FREE_BYTES_MIN;
    }

    /** Closes the arena of which most is free to new records; false when none is worth it. No other may be evacuated at the time. */
    boolean beginEvacuation() {
        if (!memory.hasRoom(1, budget.arenaPages())) {
            return false;
        }
        Arena freest = null;
        for (Arena arena : arenas) {
            if (arena != null && (freest == null || freeShare(arena) > freeShare(freest))) {
                freest = arena;
            }
        }
        if (freest == null || freeShare(freest) * 100 < VICTIM_FREE_PERCENT_MIN) {
            return false;
        }
        forgetFree(freest);
        freest.beginEvacuation();
        victim = freest;
        if (open == freest) {
            open = null;
        }
        dropIfEmpty(freest);
        return true;
    }

    private static double freeShare(Arena arena) {
        return (double) arena.freeBytes() / Math.max(1, arena.takenBytes());
    }

    boolean isEvacuating() {
        return victim != null;
    }

    /** Whether the record lies in the arena that is evacuated. */
    boolean isToMove(long id) {
        Arena moving = victim;
        return moving != null && (int) (id >>> NUMBER_SHIFT) == moving.number();
    }

    /** The first record of the arena that is evacuated; 0 when there is none. */
    long firstToMove() {
        Arena moving = victim;
        return moving == null ? 0 : id(moving, moving.first());
    }

    /** The record behind one of the arena that is evacuated; 0 when there is none, or the arena has gone. */
    long behind(long id) {
        return isToMove(id) ? id(arena(id), arena(id).behind(record(id))) : 0;
    }

    private static long id(Arena arena, int number) {
        return number == 0 ? 0 : (long) arena.number() << NUMBER_SHIFT | number;
    }

    /** Whether a record that there is, live or free, is live. */
    boolean isLive(long id) {
        return arena(id).isLive(record(id));
    }

    /** Lets go of everything at once. */
    void clear() {
        open = null;
        victim = null;
        Arrays.setAll(withFree, i -> new ArenaStack());
        for (Arena arena : arenas) {
            if (arena != null) {
                drop(arena);
            }
        }
        Arrays.fill(live, 0);
        liveBytes.set(0);
    }

    /** Bytes taken so far, free records and overhead included. */
    long takenBytes() {
        return takenBytes;
    }

    long freeBytes() {
        return freeBytes;
    }

    /** Bytes of the records that are in use, overhead included, as they were a moment ago. Any thread. */
    long liveBytes() {
        return liveBytes.get();
    }

    /** Arenas that were emptied by moving what lived in them. */
    long evacuations() {
        return evacuations;
    }

    /** Bytes of the pages in which all of it lies. */
    long volumeBytes() {
        long bytes = 0;
        for (Arena arena : arenas) {
            bytes += arena == null ? 0 : arena.volumeBytes();
        }
        return bytes;
    }

    /** Records of a class that are in use. */
    int live(int sizeClass) {
        return live[sizeClass];
    }

    /** Records of a class, free ones included. */
    int taken(int sizeClass) {
        int taken = 0;
        for (Arena arena : arenas) {
            taken += arena == null ? 0 : arena.taken(sizeClass);
        }
        return taken;
    }

    /** Of the classes that have records. */
    List<ShardStatus.SizeClass> sizes() {
        List<ShardStatus.SizeClass> sizes = new ArrayList<>();
        for (int i = 0; i < SizeClasses.COUNT; i++) {
            int taken = taken(i);
            if (taken > 0) {
                sizes.add(new ShardStatus.SizeClass(SizeClasses.bytes(i), taken, live(i)));
            }
        }
        return sizes;
    }
}
