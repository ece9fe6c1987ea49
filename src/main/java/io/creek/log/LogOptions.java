package io.creek.log;

import java.io.IOException;

/**
 * How the log uses its disk.
 *
 * @param fsync when written frames are forced
 * @param segmentBytes size of a segment file, a multiple of 4096
 * @param chunkBytes zeroed at once, so that an empty node starts at once, a multiple of 4096
 */
public record LogOptions(FsyncPolicy fsync, long segmentBytes, int chunkBytes) {
    public static final long SEGMENT_BYTES = 64L << 20;
    static final long SEGMENT_BYTES_MIN = 64L << 10;
    private static final int CHUNK_BYTES_MAX = 4 << 20;
    private static final int PAGE_BYTES = 4096;

    public LogOptions {
        if (segmentBytes < SEGMENT_BYTES_MIN || segmentBytes % PAGE_BYTES != 0) {
            throw new IllegalArgumentException("segment bytes: expected a multiple of " + PAGE_BYTES + " of at least "
                    + SEGMENT_BYTES_MIN + ", actual " + segmentBytes);
        }
        if (chunkBytes < PAGE_BYTES || chunkBytes % PAGE_BYTES != 0 || chunkBytes > segmentBytes / 4) {
            throw new IllegalArgumentException("chunk bytes: expected a multiple of " + PAGE_BYTES
                    + " of at most a quarter of a segment of " + segmentBytes + ", actual " + chunkBytes);
        }
    }

    /** With segments of the wanted size, but of at most an eighth of the file system. */
    public static LogOptions of(FsyncPolicy fsync, long segmentBytesWanted, DataDirectory directory)
            throws IOException {
        long bytes = Math.min(segmentBytesWanted, directory.disk().totalBytes() / 8);
        long segmentBytes = Math.max(SEGMENT_BYTES_MIN, bytes - bytes % PAGE_BYTES);
        long chunkBytes = Math.min(CHUNK_BYTES_MAX, segmentBytes / 16);
        return new LogOptions(fsync, segmentBytes, (int) (chunkBytes - chunkBytes % PAGE_BYTES));
    }

    /** Prepared space that frames of this class leave to the classes after it when there is no more to prepare. */
    long keptBytes(SpaceClass spaceClass) {
        return switch (spaceClass) {
            case GROWING -> segmentBytes / 8;
            case SHRINKING -> segmentBytes / 64;
            case INTERNAL -> 0;
        };
    }
}
