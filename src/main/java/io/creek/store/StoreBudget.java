package io.creek.store;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all shards' stores have taken together, against {@code store_max_bytes}. Any thread. */
final class StoreBudget {
    private volatile long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    StoreBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void take(long bytes) {
        taken.addAndGet(bytes);
    }

    /** Whether clients' writes may take that much more. */
    boolean allows(long bytes) {
        return bytes <= bytesMax - taken.get();
    }

    long taken() {
        return taken.get();
    }

    long bytesMax() {
        return bytesMax;
    }

    void limit(long bytes) {
        bytesMax = bytes;
    }
}
