package io.creek.log;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Frames that were accepted and not yet written, as runs of bytes that follow each other in a segment. Guarded by the log's append lock;
 * a run that was taken belongs to the writer until it is given back.
 */
final class WriteQueue {
    private static final int RUN_BYTES = 256 << 10;
    private static final int SPARE_RUNS_MAX = 16;

    /** Bytes for one place; {@code bytes} is filled up to its position. */
    record Run(Segment segment, long offset, ByteBuffer bytes) {}

    /** Runs in the order to write them, and the last sequence that they hold. */
    record Batch(List<Run> runs, long lastSequence) {}

    private final ArrayDeque<ByteBuffer> spares = new ArrayDeque<>();
    private final ByteBuffer zeros = ByteBuffer.allocate(Frame.ALIGNMENT);
    private List<Run> runs = new ArrayList<>();
    private int spareBuffers = SPARE_RUNS_MAX;
    private long queuedBytes;
    private long lastSequence;

    WriteQueue(long recovered) {
        lastSequence = recovered;
    }

    long queuedBytes() {
        return queuedBytes;
    }

    /** Copies header and payload, and zeros up to {@code frameBytes}; leaves the buffers as they are. */
    void add(long sequence, Segment segment, long offset, ByteBuffer header, ByteBuffer payload, int frameBytes) {
        long at = put(segment, offset, header);
        at = put(segment, at, payload);
        int padding = frameBytes - header.remaining() - payload.remaining();
        put(segment, at, zeros.limit(padding));
        queuedBytes += frameBytes;
        lastSequence = sequence;
    }

    /** All that is queued, in order. */
    Batch take() {
        Batch taken = new Batch(runs, lastSequence);
        runs = new ArrayList<>();
        queuedBytes = 0;
        return taken;
    }

    void giveBack(List<Run> written) {
        for (Run run : written) {
            if (run.bytes.isDirect()) {
                spares.push(run.bytes);
            }
        }
    }

    private long put(Segment segment, long offset, ByteBuffer from) {
        int limit = from.limit();
        int bytes;
        for (int at = from.position(); at < limit; at += bytes) {
            ByteBuffer into = runAt(segment, offset + at - from.position()).bytes;
            bytes = Math.min(into.remaining(), limit - at);
            into.put(into.position(), from, at, bytes);
            into.position(into.position() + bytes);
        }
        return offset + from.remaining();
    }

    private Run runAt(Segment segment, long offset) {
        if (!runs.isEmpty()) {
            Run last = runs.get(runs.size() - 1);
            if (last.segment == segment && last.offset + last.bytes.position() == offset && last.bytes.hasRemaining()) {
                return last;
            }
        }
        Run run = new Run(segment, offset, buffer());
        runs.add(run);
        return run;
    }

    /** Direct memory is the store's: a frame larger than all spares uses the heap. */
    private ByteBuffer buffer() {
        ByteBuffer spare = spares.poll();
        if (spare != null) {
            return spare.clear();
        }
        if (spareBuffers > 0) {
            spareBuffers--;
            return ByteBuffer.allocateDirect(RUN_BYTES);
        }
        return ByteBuffer.allocate(RUN_BYTES);
    }
}
