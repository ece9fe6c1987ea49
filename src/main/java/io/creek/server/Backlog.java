package io.creek.server;

import io.creek.store.StoreOperation;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one session that were not answered yet, oldest first, and what they and their replies take in memory.
 *
 * <p>Owned by the session's event loop; replies are counted where they are made, by any thread. What always holds: {@link #isFull} before
 * commands or replies take much more than {@value #BYTES_AHEAD} bytes, if replies are as large as the last ones were. Where they are not,
 * {@link Session#isOverrun} keeps commands from being run.
 */
final class Backlog {
    /** Commands of one connection that may be under way at once; more are decoded when some were answered. */
    private static final int COMMANDS_MAX = 16_384;

    /** As many at first, and one more with every reply: how large those are has to be seen. */
    private static final int COMMANDS_FIRST = 64;

    private static final long BYTES_AHEAD = 4 << 20;

    private final ArrayDeque<StoreOperation> pending = new ArrayDeque<>();
    private final AtomicLong replyBytes = new AtomicLong();
    private final AtomicLong replyBytesOfAll;
    private int commandsMax = COMMANDS_FIRST;
    private long requestBytes;
    /** The largest of the last replies; older ones count less and less. */
    private long lastReplyBytes;

    /** @param replyBytesOfAll the sum over all sessions of the node */
    Backlog(AtomicLong replyBytesOfAll) {
        this.replyBytesOfAll = replyBytesOfAll;
    }

    void add(StoreOperation operation) {
        pending.add(operation);
        requestBytes += operation.requestBytes();
    }

    @Nullable
    StoreOperation peek() {
        return pending.peek();
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    /** Whether nothing more is to be decoded for now; never when it is empty. */
    boolean isFull() {
        int commands = pending.size();
        return commands >= commandsMax || requestBytes >= BYTES_AHEAD || commands * lastReplyBytes >= BYTES_AHEAD;
    }

    /** The oldest was answered. */
    void remove() {
        StoreOperation answered = pending.remove();
        requestBytes -= answered.requestBytes();
        lastReplyBytes = Math.max(answered.replyBytes(), lastReplyBytes * 7 / 8);
        answered.forgetReply();
        commandsMax = Math.min(COMMANDS_MAX, commandsMax + 1);
    }

    /** The client is gone: replies that are there are dropped; those that come later are to be forgotten too. */
    void close() {
        for (StoreOperation operation : pending) {
            if (operation.reply() != null) {
                operation.forgetReply();
            }
        }
        pending.clear();
        requestBytes = 0;
    }

    /** Any thread. */
    void replyGrew(long bytes) {
        if (bytes != 0) {
            replyBytes.addAndGet(bytes);
            replyBytesOfAll.addAndGet(bytes);
        }
    }

    /** Of the replies that were made and not encoded. Any thread. */
    long replyBytes() {
        return replyBytes.get();
    }

    /** Of commands and replies. */
    long bytes() {
        return requestBytes + replyBytes.get();
    }
}
