package io.creek.store;

/**
 * The sizes that records are padded to: steps of 16 bytes to 128, then four per doubling, so that at most about 12 % is padding. The size of a
 * class counts the byte that tells which it is; its room does not.
 */
final class SizeClasses {
    static final int HEAD_BYTES = 1;

    /** The most that a record has room for; longer things are chains of records. */
    static final int RECORD_BYTES_MAX = 32 * 1024 - HEAD_BYTES;

    private static final int FINE_STEP = 16;
    private static final int FINE_BYTES_MAX = 128;
    private static final int FINE_CLASSES = FINE_BYTES_MAX / FINE_STEP;
    private static final int CLASSES_PER_DOUBLING = 4;

    static final int COUNT = of(RECORD_BYTES_MAX) + 1;

    private SizeClasses() {}

    /** The smallest class with room for {@code length} bytes. */
    static int of(int length) {
        int last = length + HEAD_BYTES - 1;
        if (last < FINE_BYTES_MAX) {
            return last / FINE_STEP;
        }
        int doubling = 31 - Integer.numberOfLeadingZeros(last);
        int step = (1 << doubling) / CLASSES_PER_DOUBLING;
        int within = (last - (1 << doubling)) / step;
        return FINE_CLASSES + (doubling - 7) * CLASSES_PER_DOUBLING + within;
    }

    /**
     * The class of a record of {@code size} bytes once it holds {@code length}: its own while that wastes a quarter of it at most, for an
     * entry whose deadline comes and goes would move each time.
     */
    static int replacing(int size, int length) {
        int own = of(size);
        int tight = of(length);
        return tight <= own && 4 * bytes(tight) >= 3 * bytes(own) ? own : tight;
    }

    /** The size of the records of a class, in memory. */
    static int bytes(int sizeClass) {
        if (sizeClass < FINE_CLASSES) {
            return (sizeClass + 1) * FINE_STEP;
        }
        int doubling = 7 + (sizeClass - FINE_CLASSES) / CLASSES_PER_DOUBLING;
        int within = (sizeClass - FINE_CLASSES) % CLASSES_PER_DOUBLING + 1;
        return (1 << doubling) + within * ((1 << doubling) / CLASSES_PER_DOUBLING);
    }

    /** What a record of the class has room for. */
    static int room(int sizeClass) {
        return bytes(sizeClass) - HEAD_BYTES;
    }
}
