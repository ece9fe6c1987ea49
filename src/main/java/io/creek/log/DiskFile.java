package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link Disk}. Reads, writes at different places and {@link #force} may run at the same time on any threads. */
public interface DiskFile extends Closeable {
    /**
     * Reads from {@code offset} until the buffer is full or the file ends.
     *
     * @return bytes read, less than asked for only at the end of the file
     */
    int read(ByteBuffer into, long offset) throws IOException;

    /**
     * Writes all that remains in the buffer.
     *
     * @throws DiskFullException when there is no room; a part may have been written
     */
    void write(ByteBuffer from, long offset) throws IOException;

    /** Makes what was written, and the size, durable. After an error it must not be tried again: the data may be gone. */
    void force() throws IOException;

    long size() throws IOException;
}
