package io.creek.store;

import java.nio.ByteBuffer;

/** Where arenas get the memory that they lie in, in pages. Shared by the shards; any thread. */
interface ArenaMemory extends AutoCloseable {
    /** MapDB's own unit. */
    int PAGE_SHIFT = 20;

    int PAGE_BYTES = 1 << PAGE_SHIFT;

    /** Pages of a new arena, which may want {@code pagesMax} of them. */
    Pages open(int pagesMax);

    /** Gives a little of what no arena needs back to the system, so that no call takes long; called now and then. */
    void trim();

    /** Gives everything back; no arena is used any more. */
    @Override
    void close();

    /** What one arena lies in. One thread. */
    interface Pages {
        /** The next page, its bytes zero. */
        ByteBuffer next();

        /** Takes all pages back; nobody may touch them any more. */
        void release();
    }
}
