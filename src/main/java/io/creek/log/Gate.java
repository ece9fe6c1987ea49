package io.creek.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * How far the log has come: durable ≤ written, neither ever goes back; the policy says which of them lets replies leave. Any thread reads; written moves under the log's write lock, durable
 * under its sync lock.
 */
final class Gate {
    private volatile FsyncPolicy fsync;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile long written;
    private volatile long durable;

    Gate(FsyncPolicy fsync, long recovered) {
        this.fsync = fsync;
        this.written = recovered;
        this.durable = recovered;
    }

    FsyncPolicy fsync() {
        return fsync;
    }

    void change(FsyncPolicy policy) {
        fsync = policy;
    }

    long written() {
        return written;
    }

    long durable() {
        return durable;
    }

    /** Up to where replies may leave. */
    long sequence() {
        return fsync == FsyncPolicy.ALWAYS ? durable : written;
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
