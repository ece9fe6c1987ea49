package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads segments forward through a window of memory. Confined to one thread; allocates only for frames larger than the window. */
final class SegmentReader {
    static final int WINDOW_BYTES = 1 << 20;

    private final ByteBuffer standard;
    private final Frame frame = new Frame();
    private ByteBuffer window;
    private final Segment segment;
    private long size;
    private long windowOffset;

    /** @param memory of {@link #WINDOW_BYTES}, for one reader at a time */
    SegmentReader(Segment segment, ByteBuffer memory) throws IOException {
        this.segment = segment;
        this.size = segment.file().size();
        this.standard = memory;
        this.window = memory.limit(0);
    }

    Segment segment() {
        return segment;
    }

    /** Forgets what it has read: the segment is being written. */
    void refresh() throws IOException {
        size = segment.file().size();
        window.limit(0);
    }

    /** Bytes of the file, prepared space included. */
    long size() {
        return size;
    }

    /** Whether the file has these bytes; then they are in the window, at {@link #at}. */
    boolean has(long offset, int bytes) throws IOException {
        if (offset + bytes > size) {
            return false;
        }
        if (offset < windowOffset || offset + bytes > windowOffset + window.limit()) {
            load(offset, bytes);
        }
        return true;
    }

    /** Brings as much as the window holds of the file from the offset on, and tells how much that is. */
    int fill(long offset) throws IOException {
        load(offset, 0);
        return window.limit();
    }

    /** Whether no header can be at the offset. */
    boolean isZero(long offset) throws IOException {
        return !has(offset, Frame.ALIGNMENT)
                || (window.getLong(at(offset)) | window.getLong(at(offset) + Long.BYTES)) == 0;
    }

    /** Whether a whole header is at the offset. */
    boolean hasHeader(long offset) throws IOException {
        return has(offset, Frame.HEADER_BYTES)
                && frame.hasHeader(window, at(offset), segment.salt())
                && offset + frameBytes(offset) <= size;
    }

    /** Whether the payload behind a header that is there is whole. */
    boolean hasPayload(long offset) throws IOException {
        return has(offset, frameBytes(offset)) && frame.hasPayload(window, at(offset));
    }

    int frameBytes(long offset) {
        return Frame.bytes(Frame.payloadBytes(window, at(offset)));
    }

    long sequence(long offset) {
        return Frame.sequence(window, at(offset));
    }

    long knownDurable(long offset) {
        return Frame.knownDurable(window, at(offset));
    }

    /** Hands the entries of the frame on, in place; false when its payload is not a sequence of entries. */
    boolean eachEntry(long offset, FrameReplay replay) {
        int from = at(offset) + Frame.HEADER_BYTES;
        int end = from + Frame.payloadBytes(window, at(offset));
        int limit = window.limit();
        boolean entries = LogEntry.each(sequence(offset), window, from, end, replay);
        window.limit(limit).position(0);
        return entries;
    }

    /** What is wrong with the frame at an offset, for a message. */
    String describe(long offset) throws IOException {
        if (!has(offset, Frame.HEADER_BYTES)) {
            return "expected a header of " + Frame.HEADER_BYTES + " bytes, actual end of file at " + size;
        }
        if (frame.hasHeader(window, at(offset), segment.salt())) {
            if (!has(offset, frameBytes(offset))) {
                return "expected " + frameBytes(offset) + " bytes, actual end of file at " + size;
            }
            if (hasPayload(offset)) {
                return "actual sequence " + Sequence.text(sequence(offset));
            }
        }
        return frame.describe(window, at(offset), segment.salt());
    }

    ByteBuffer window() {
        return window;
    }

    /** Where in the window the byte of that offset lies. */
    int at(long offset) {
        return (int) (offset - windowOffset);
    }

    private void load(long offset, int bytes) throws IOException {
        window = bytes <= WINDOW_BYTES ? standard : ByteBuffer.allocate(bytes);
        window.clear();
        windowOffset = offset;
        segment.file().read(window, offset);
        window.flip();
        if (window.limit() < bytes) {
            throw new IOException(
                    segment + ": expected " + bytes + " bytes at " + offset + ", actual " + window.limit());
        }
    }
}
