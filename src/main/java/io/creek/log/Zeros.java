package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes and recognises zeros. Stateless. */
final class Zeros {
    private static final int BLOCK_BYTES = 256 << 10;
    private static final ByteBuffer BLOCK =
            ByteBuffer.allocateDirect(BLOCK_BYTES).asReadOnlyBuffer();

    private Zeros() {}

    static void write(DiskFile file, long from, long to) throws IOException {
        for (long at = from; at < to; ) {
            int bytes = (int) Math.min(BLOCK_BYTES, to - at);
            file.write(BLOCK.slice(0, bytes), at);
            at += bytes;
        }
    }

    /** Where the first byte from position to limit that is not zero lies, or -1. */
    static int firstOther(ByteBuffer bytes) {
        for (int at = bytes.position(); at < bytes.limit(); ) {
            int length = Math.min(BLOCK_BYTES, bytes.limit() - at);
            int other = bytes.slice(at, length).mismatch(BLOCK.slice(0, length));
            if (other >= 0) {
                return at + other;
            }
            at += length;
        }
        return -1;
    }
}
