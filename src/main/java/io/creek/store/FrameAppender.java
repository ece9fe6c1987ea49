package io.creek.store;

import io.creek.log.CommitLog;
import io.creek.log.SpaceClass;
import io.creek.protocol.Reply;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Brings the writes of a working set into the log, as one frame. Used by one thread at a time. */
final class FrameAppender {
    static final Reply.ErrorReply OUT_OF_MEMORY =
            Reply.error("OOM command not allowed when used memory > 'store_max_bytes'.");
    static final Reply.ErrorReply LOG_REFUSED = Reply.error(
            "MISCONF Errors writing to the commit log: no space is left for it. Reads and deletes still work; make room on its disk.");

    static final Reply.ErrorReply VOLUME_REFUSED = Reply.error(
            "MISCONF Errors writing to the store's volume: no space is left for it. Reads and deletes still work; make room on its disk.");
    static final Reply.ErrorReply VOLUME_BEHIND = Reply.error(
            "TRYAGAIN The next file of the store's volume is still being written. Nothing was changed; try again.");

    /** Peers put a frame together in memory. */
    private static final long FRAME_BYTES_MAX = 80 << 20;

    /** What a frame of one value has beside it: key, versions, deadline. */
    private static final int BESIDE_VALUE_BYTES = 1 << 20;

    private final Store store;
    private final int[] claimed = new int[SizeClasses.COUNT];
    private final Entry entry = new Entry();
    private final FrameEntries frame = new FrameEntries();
    private long sequence;

    FrameAppender(Store store) {
        this.store = store;
    }

    /**
     * Appends the frame; from there on there is no way back but the log.
     *
     * @param floor version under which every key goes, when the set clears the keyspace; below {@code clock}
     * @param clock version of the keys that are written
     * @return why nothing was appended, or null
     */
    Reply.@Nullable ErrorReply append(WorkingSet working, long floor, long clock) {
        try {
            return collectAndAppend(working, floor, clock);
        } finally {
            frame.clear();
        }
    }

    private Reply.@Nullable ErrorReply collectAndAppend(WorkingSet working, long floor, long clock) {
        long growth = 0;
        long liveGrowth = 0;
        SpaceClass space = SpaceClass.SHRINKING;
        long bytesMax = Math.max(FRAME_BYTES_MAX, store.valueBytesMax() + BESIDE_VALUE_BYTES);
        Arrays.fill(claimed, 0);
        if (working.clears()) {
            frame.add(Floors.Floor.ofAll(floor, store.nodeNumber()));
        }
        for (int k = 0; k < working.size(); k++) {
            WorkingKey key = working.key(k);
            if (key.writes()) {
                key.describe(entry, clock, store.nodeNumber());
                if (frame.bytes() + EntryCodec.length(entry) > bytesMax) {
                    return new EvaluationTooLargeException(bytesMax).reply();
                }
                frame.add(entry);
                if (!key.shrinks()) {
                    growth += working.growth(key, entry, claimed);
                    liveGrowth += key.keepsValue() ? 0 : EntryRecords.liveGrowth(entry, key.stored());
                    space = SpaceClass.GROWING;
                }
            }
        }
        Reply.ErrorReply refusal = growth == 0 ? null : refusal(working, growth, liveGrowth);
        if (refusal != null) {
            return refusal;
        }
        sequence = store.log().append(frame.entries(), space);
        return sequence == CommitLog.REFUSED ? LOG_REFUSED : null;
    }

    /** Why memory has no room for so much more, or null. */
    private Reply.@Nullable ErrorReply refusal(WorkingSet working, long growth, long liveGrowth) {
        StoreBudget budget = store.budget();
        boolean allowed = liveGrowth > 0 ? budget.allows(growth) : budget.allowsBeyond(growth);
        if (!allowed && !working.clears()) {
            return OUT_OF_MEMORY;
        }
        if (working.hasRoom(growth) && !(working.isOverShards() && store.isFull())) {
            return null;
        }
        return store.isFull() ? VOLUME_REFUSED : VOLUME_BEHIND;
    }

    /** Of the frame that was appended last. */
    long sequence() {
        return sequence;
    }
}
