package io.creek.store;

/** The sizes that records are padded to: steps of 16 bytes to 128, then four per doubling, so that at most about 12 % is padding. */
final class SizeClasses {
    /** Longest record, bytes; longer things are chains of records. */
    static final int RECORD_BYTES_MAX = 32 * 1024;

    private static final int FINE_STEP = 16;
    private static final int FINE_BYTES_MAX = 128;
    private static final int FINE_CLASSES = FINE_BYTES_MAX / FINE_STEP;
    private static final int CLASSES_PER_DOUBLING = 4;

    static final int COUNT = of(RECORD_BYTES_MAX) + 1;

    private SizeClasses() {}

    /** The smallest class whose records hold {@code length} bytes. */
    static int of(int length) {
        if (length <= FINE_BYTES_MAX) {
            return Math.max(0, (length - 1) / FINE_STEP);
        }
        int doubling = 31 - Integer.numberOfLeadingZeros(length - 1);
        int step = (1 << doubling) / CLASSES_PER_DOUBLING;
        int within = (length - 1 - (1 << doubling)) / step;
        return FINE_CLASSES + (doubling - 7) * CLASSES_PER_DOUBLING + within;
    }

    /** The size of the records of a class. */
    static int bytes(int sizeClass) {
        if (sizeClass < FINE_CLASSES) {
            return (sizeClass + 1) * FINE_STEP;
        }
        int doubling = 7 + (sizeClass - FINE_CLASSES) / CLASSES_PER_DOUBLING;
        int within = (sizeClass - FINE_CLASSES) % CLASSES_PER_DOUBLING + 1;
        return (1 << doubling) + within * ((1 << doubling) / CLASSES_PER_DOUBLING);
    }

    /** The size of the record that holds {@code length} bytes. */
    static int padded(int length) {
        return bytes(of(length));
    }
}
