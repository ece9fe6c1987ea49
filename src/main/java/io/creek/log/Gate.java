package io.creek.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * How far the log has come: durable ≤ written, neither ever goes back. Any thread reads; written moves under the log's write lock, durable
 * under its sync lock.
 */
final class Gate {
    private final boolean opensWhenDurable;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile long written;
    private volatile long durable;

    Gate(FsyncPolicy fsync, long recovered) {
        this.opensWhenDurable = fsync == FsyncPolicy.ALWAYS;
        this.written = recovered;
        this.durable = recovered;
    }

    long written() {
        return written;
    }

    long durable() {
        return durable;
    }

    /** Up to where replies may leave. */
    long sequence() {
        return opensWhenDurable ? durable : written;
    }

    void written(long sequence) {
        written = sequence;
    }

    void durable(long sequence) {
        durable = sequence;
        listeners.forEach(Runnable::run);
    }

    void listen(Runnable listener) {
        listeners.add(listener);
    }
}
