package io.creek.store;

/**
 * A part of a {@link RecordStore} that comes and goes as a whole: pages of memory, records in them one behind the other, and what is free.
 *
 * <p>A record begins at a unit of 16 bytes and ends in the page where it begins; its first byte tells its class and
 * whether it is free, and 0 that the rest of the page is not used. What is freed is never joined or split: it waits on the list of its class
 * for the next record of the same size. A record's number is the unit that it begins at, counted from 1.
 *
 * <p>MapDB's own record store over the same pages cost about twice the time and eight bytes for each record: it looks up where a record
 * lies, for it may move, and copies on the way. Ours do not move, but as {@link Evacuation} tells the index.
 *
 * <p>Owned by one event loop. Invariant: every record is either live or free, and each free one is on exactly one list or, while the arena is
 * evacuated, on none.
 */
final class Arena {
    /** Records begin at units of 16 bytes, so that 32 bits number them. */
    private static final int UNIT_SHIFT = 4;

    /** In a record's first byte, beside its class + 1. */
    private static final int FREE = 0x80;

    private static final int CLASS_MASK = 0x7f;
    private static final int CACHE_LINE_BYTES = 64;

    private final int number;
    private final ArenaVolume volume;
    private final int pagesMax;
    private final RecordIds[] free = new RecordIds[SizeClasses.COUNT];
    private final int[] taken = new int[SizeClasses.COUNT];
    /** Where the next new record goes, if the page has room for it. */
    private long end;

    private long pagesEnd;

    private long takenBytes;
    private long freeBytes;
    private boolean evacuated;

    Arena(int number, ArenaMemory.Pages pages) {
        this.number = number;
        this.pagesMax = pages.pagesMax();
        volume = new ArenaVolume(pages);
        for (int i = 0; i < SizeClasses.COUNT; i++) {
            free[i] = new RecordIds();
        }
    }

    int number() {
        return number;
    }

    /** Whether there is a place for a new record of the class. */
    boolean hasRoom(int sizeClass) {
        return end + SizeClasses.bytes(sizeClass) <= pagesEnd || pagesEnd < bytesMax();
    }

    /** Bytes that new records may still take, or almost. */
    long roomBytes() {
        return bytesMax() - end;
    }

    private long bytesMax() {
        return (long) pagesMax * ArenaMemory.PAGE_BYTES;
    }

    boolean hasFree(int sizeClass) {
        return free(sizeClass) > 0;
    }

    /** Records of the class that {@link #reuse} could take. */
    int free(int sizeClass) {
        return free[sizeClass].size();
    }

    /** Stores a new record. */
    int put(byte[] record, int sizeClass) {
        int bytes = SizeClasses.bytes(sizeClass);
        if (end + bytes > pagesEnd) {
            end = pagesEnd;
            volume.ensureAvailable(end + bytes);
            pagesEnd = volume.length();
        }
        int id = (int) (end >>> UNIT_SHIFT) + 1;
        end += bytes;
        taken[sizeClass]++;
        takenBytes += bytes;
        store(id, record, sizeClass);
        return id;
    }

    /** Stores a record in the place of a free one of the class. */
    int reuse(byte[] record, int sizeClass) {
        int id = free[sizeClass].pop();
        freeBytes -= SizeClasses.bytes(sizeClass);
        store(id, record, sizeClass);
        return id;
    }

    private void store(int id, byte[] record, int sizeClass) {
        volume.putByte(at(id), (byte) (sizeClass + 1));
        update(id, record, sizeClass);
    }

    void update(int id, byte[] record, int sizeClass) {
        volume.putData(at(id) + SizeClasses.HEAD_BYTES, record, 0, SizeClasses.room(sizeClass));
    }

    /** Returns whether it is the only free record of its class. */
    boolean free(int id, int sizeClass) {
        freeBytes += SizeClasses.bytes(sizeClass);
        volume.putByte(at(id), (byte) (sizeClass + 1 | FREE));
        if (evacuated) {
            return false;
        }
        free[sizeClass].push(id);
        return free[sizeClass].size() == 1;
    }

    long read(int id, RecordStore.Reader reader) {
        long at = at(id);
        return volume.read(at + SizeClasses.HEAD_BYTES, SizeClasses.room(classAt(at)), reader);
    }

    /** Has the first bytes of a record loaded, two cache lines where they are in its page; answers something of them. */
    long load(int id) {
        long at = at(id);
        long behind = at + CACHE_LINE_BYTES;
        boolean inPage = (behind ^ at) < ArenaMemory.PAGE_BYTES;
        return (long) volume.getByte(at) + volume.getByte(inPage ? behind : at);
    }

    /** Changes eight bytes of a record where it lies. */
    void putLong(int id, int position, long value) {
        volume.putLong(at(id) + SizeClasses.HEAD_BYTES + position, value);
    }

    private static long at(int id) {
        return (id - 1L) << UNIT_SHIFT;
    }

    private int classAt(long at) {
        return (volume.getByte(at) & CLASS_MASK) - 1;
    }

    /** From now on what is free stays so. */
    void beginEvacuation() {
        for (int i = 0; i < SizeClasses.COUNT; i++) {
            free[i] = new RecordIds();
        }
        evacuated = true;
    }

    boolean isEvacuated() {
        return evacuated;
    }

    boolean isLive(int id) {
        return (volume.getByte(at(id)) & FREE) == 0;
    }

    /** The first record; 0 when there is none. */
    int first() {
        return end == 0 ? 0 : 1;
    }

    /** The record behind; 0 when there is none. */
    int behind(int id) {
        long at = at(id);
        long next = at + SizeClasses.bytes(classAt(at));
        if (next < end && volume.getByte(next) == 0) {
            next = (next | (ArenaMemory.PAGE_BYTES - 1)) + 1;
        }
        return next < end ? (int) (next >>> UNIT_SHIFT) + 1 : 0;
    }

    long takenBytes() {
        return takenBytes;
    }

    long freeBytes() {
        return freeBytes;
    }

    /** Bytes of its pages. */
    long volumeBytes() {
        return pagesEnd;
    }

    int taken(int sizeClass) {
        return taken[sizeClass];
    }

    void close() {
        volume.close();
    }
}
