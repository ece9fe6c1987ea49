package io.creek.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The ceiling below which versions may be issued: one that is wanted, and one that is durable, never above it. Any thread may ask;
 * the log's sync thread raises. Both only grow.
 */
final class Ceilings {
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong wanted;
    private volatile long durable;

    Ceilings(long recovered) {
        this.wanted = new AtomicLong(recovered);
        this.durable = recovered;
    }

    /** Whether that is more than was asked for before. */
    boolean want(long clock) {
        return wanted.getAndAccumulate(clock, Math::max) < clock;
    }

    long wanted() {
        return wanted.get();
    }

    long durable() {
        return durable;
    }

    /** An entry that carries it through a restart. */
    ByteBuffer entry(long clock) {
        ByteBuffer entry = ByteBuffer.allocate(LogEntry.headerBytes(Long.BYTES) + Long.BYTES);
        LogEntry.putHeader(entry, LogEntry.CEILING, Long.BYTES);
        return entry.putLong(clock).flip();
    }

    void raised(long clock) {
        durable = clock;
        listeners.forEach(Runnable::run);
    }

    void listen(Runnable listener) {
        listeners.add(listener);
    }
}
