package io.creek.replication;

import io.creek.replication.ReplicationMessage.Part;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The one large frame of a stream that is being put together. A part counts only behind those that are here (rule 2). Memory is taken as parts
 * arrive, whatever total they claim. Owned by its receiver.
 */
final class PartAssembly {
    private final int bytesMax;
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private long to;
    private int total;

    PartAssembly(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Bytes that are here. */
    int assembled() {
        return bytes.position();
    }

    void clear() {
        bytes = ByteBuffer.allocate(0);
        to = 0;
        total = 0;
    }

    /** A frame up to the cursor is not needed any more: it was skipped, or lost by the origin, or put together otherwise. */
    void forget(long cursor) {
        if (to <= cursor) {
            clear();
        }
    }

    /**
     * A part of another frame than the last begins anew. Sequences are never used twice, so whatever becomes of the origin, the same cursor and
     * total are the same frame.
     */
    private void begin(Part part) {
        if (part.to() != to || part.total() != total) {
            clear();
            to = part.to();
            total = part.total();
        }
    }

    /** Whether the part is behind those that are here, or one of them; a later one is not kept. */
    boolean add(Part part) {
        if (part.total() > bytesMax) {
            return false;
        }
        begin(part);
        if (part.offset() != assembled()) {
            return part.offset() < assembled();
        }
        int needed = assembled() + part.bytes().remaining();
        if (needed > bytes.capacity()) {
            int capacity = (int) Math.min(total, Math.max(2L * bytes.capacity(), needed));
            bytes = ByteBuffer.allocate(capacity).put(bytes.flip());
        }
        bytes.put(part.bytes());
        return true;
    }

    /** The frame's entries, once, when all of it is here; else null. */
    @Nullable
    ByteBuffer take() {
        if (total == 0 || assembled() < total) {
            return null;
        }
        ByteBuffer whole = bytes.flip();
        clear();
        return whole;
    }
}
