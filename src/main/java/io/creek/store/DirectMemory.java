package io.creek.store;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pages in the JVM's direct memory, which {@code -XX:MaxDirectMemorySize} bounds.
 *
 * <p>What an arena lets go of is used again first, whichever shard wants it, and what nobody wants is given back to the system bit by bit:
 * neither waits for a garbage collection, as buffers usually do.
 */
final class DirectMemory implements ArenaMemory {
    private static final int TRIMMED_PAGES_MAX = 16;
    private static final byte[] ZEROS = new byte[PAGE_BYTES];

    private final ArrayDeque<ByteBuffer> released = new ArrayDeque<>();

    @Override
    public Pages open(int pagesMax) {
        return new DirectPages(pagesMax);
    }

    @Override
    public ArenaMemory resident() {
        return this;
    }

    /** That the limit of the store fits into direct memory was checked at the start. */
    @Override
    public boolean hasRoom(int arenas, int pagesMax) {
        return true;
    }

    @Override
    public void serve(int pagesMax) {
        // It never waits.
    }

    @Override
    public boolean isFull() {
        return false;
    }

    private ByteBuffer take() {
        ByteBuffer page = reused();
        return page == null ? ByteBuffer.allocateDirect(PAGE_BYTES) : page.put(0, ZEROS);
    }

    private synchronized @Nullable ByteBuffer reused() {
        return released.pollLast();
    }

    private synchronized void release(List<ByteBuffer> pages) {
        released.addAll(pages);
    }

    @Override
    public void trim() {
        free(TRIMMED_PAGES_MAX);
    }

    @Override
    public void close() {
        free(Integer.MAX_VALUE);
    }

    private void free(int pagesMax) {
        for (int freed = 0; freed < pagesMax; freed++) {
            ByteBuffer page = reused();
            if (page == null) {
                return;
            }
            // Every direct buffer is one, mapped or not.
            ArenaVolume.free((MappedByteBuffer) page);
        }
    }

    /** Bytes that no arena uses and the system has not got back yet. */
    synchronized long releasedBytes() {
        return (long) released.size() * PAGE_BYTES;
    }

    private final class DirectPages implements Pages {
        private final List<ByteBuffer> pages = new ArrayList<>();
        private final int pagesMax;

        DirectPages(int pagesMax) {
            this.pagesMax = pagesMax;
        }

        @Override
        public int pagesMax() {
            return pagesMax;
        }

        @Override
        public ByteBuffer next() {
            ByteBuffer page = take();
            pages.add(page);
            return page;
        }

        @Override
        public void release() {
            DirectMemory.this.release(pages);
            pages.clear();
        }
    }
}
