package io.creek.store;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mapdb.volume.ByteBufferVol;

/** MapDB's view of the pages of one arena. Owned by one event loop. */
final class ArenaVolume extends ByteBufferVol {
    private final ArenaMemory.Pages pages;

    ArenaVolume(ArenaMemory.Pages pages) {
        super(false, ArenaMemory.PAGE_SHIFT, false);
        this.pages = pages;
    }

    /** Gives memory back at once that the garbage collector would find later. */
    static void free(MappedByteBuffer buffer) {
        unmap(buffer);
    }

    /** Has the bytes read where they lie; they are in one page. */
    long read(long offset, int size, RecordStore.Reader reader) {
        return reader.read(getSlice(offset), (int) offset & (ArenaMemory.PAGE_BYTES - 1), size);
    }

    @Override
    public void ensureAvailable(long bytes) {
        int wanted = (int) ((bytes + ArenaMemory.PAGE_BYTES - 1) >>> ArenaMemory.PAGE_SHIFT);
        while (slices.length < wanted) {
            ByteBuffer[] grown = Arrays.copyOf(slices, slices.length + 1);
            grown[slices.length] = pages.next();
            slices = grown;
        }
    }

    @Override
    public long length() {
        return (long) slices.length << ArenaMemory.PAGE_SHIFT;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            slices = new ByteBuffer[0];
            pages.release();
        }
    }

    @Override
    public void truncate(long size) {
        throw new UnsupportedOperationException("arenas only grow");
    }

    @Override
    public void sync() {
        // The commit log is what lasts.
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public @Nullable File getFile() {
        return null;
    }

    @Override
    public boolean getFileLocked() {
        return false;
    }
}
