package io.creek.store;

import java.nio.ByteBuffer;

/** Where arenas get the memory that they lie in, in pages. Shared by the shards; any thread. */
interface ArenaMemory extends AutoCloseable {
    int PAGE_SHIFT = 20;

    int PAGE_BYTES = 1 << PAGE_SHIFT;

    /** Pages of a new arena, about {@code pagesMax} of them. */
    Pages open(int pagesMax);

    /** Memory for what every command looks at: never mapped files. */
    ArenaMemory resident();

    /** Whether so many arenas could be opened now; what is not there yet may be waited for, but not for long. */
    boolean hasRoom(int arenas, int pagesMax);

    /** Whether there is no room because there is nowhere any. */
    boolean isFull();

    /** From now on somebody waits for replies: no call waits for long. This one may, until an arena could be opened. */
    void serve(int pagesMax);

    /** Gives a little of what no arena needs back to the system, so that no call takes long; called now and then. */
    void trim();

    /** Gives everything back; no arena is used any more. */
    @Override
    void close();

    /** What one arena lies in. One thread. */
    interface Pages {
        int pagesMax();

        /** The next page, its bytes zero. */
        ByteBuffer next();

        /** Takes all pages back; nobody may touch them any more. */
        void release();
    }
}
