package io.creek.log;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The two threads of a log: one forces what was written and raises ceilings, the other prepares space. They hold no state but
 * when to do what.
 */
final class LogThreads implements LogWorkers {
    private static final long SYNC_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FULL_DISK_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Preparing a chunk takes milliseconds; a disk that takes this long is as good as full. */
    private static final long SPACE_WAIT_MILLIS_MAX = 2_000;

    private final CommitLog log;
    private final Thread sync;
    private final Thread preallocate;
    private final Object space = new Object();
    private final AtomicBoolean syncWanted = new AtomicBoolean();
    private volatile boolean spaceWanted;
    private volatile boolean stopped;

    LogThreads(CommitLog log) {
        this.log = log;
        this.sync = daemon("creek-log-sync", this::syncWhenWanted);
        this.preallocate = daemon("creek-log-preallocate", this::preallocateWhenWanted);
    }

    void start() {
        sync.start();
        preallocate.start();
    }

    @Override
    public void syncWanted() {
        if (!syncWanted.get() && syncWanted.compareAndSet(false, true)) {
            LockSupport.unpark(sync);
        }
    }

    @Override
    public void spaceWanted() {
        if (!spaceWanted) {
            spaceWanted = true;
            LockSupport.unpark(preallocate);
        }
    }

    @Override
    public void spaceChanged() {
        synchronized (space) {
            space.notifyAll();
        }
    }

    @Override
    public boolean awaitSpace(long growthsSeen) {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SPACE_WAIT_MILLIS_MAX);
        synchronized (space) {
            while (log.growths() == growthsSeen) {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                if (millis <= 0 || log.isDiskFull() || stopped) {
                    return false;
                }
                try {
                    space.wait(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void stop() {
        stopped = true;
        boolean interrupted = false;
        for (Thread thread : new Thread[] {sync, preallocate}) {
            LockSupport.unpark(thread);
            while (thread.isAlive() && thread != Thread.currentThread()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    // An fsync must end before the files are closed.
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void syncWhenWanted() {
        try {
            while (!stopped) {
                long deadlineNanos = System.nanoTime() + SYNC_INTERVAL_NANOS;
                long leftNanos = SYNC_INTERVAL_NANOS;
                while (!syncWanted.get() && !stopped && leftNanos > 0) {
                    LockSupport.parkNanos(this, leftNanos);
                    leftNanos = deadlineNanos - System.nanoTime();
                }
                if (syncWanted.getAndSet(false)) {
                    log.sync();
                } else {
                    log.tick();
                }
            }
        } catch (LogFailedException e) {
            // The log has told its events; there is nothing left to sync.
            stopped = true;
        } catch (RuntimeException | Error e) {
            // A listener's mistake: without this thread no gate would ever open again.
            stopped = true;
            log.failed("sync thread", e);
        }
    }

    private void preallocateWhenWanted() {
        try {
            while (!stopped) {
                spaceWanted = false;
                if (!log.preallocate() && !spaceWanted) {
                    LockSupport.parkNanos(this, FULL_DISK_RETRY_NANOS);
                }
            }
        } catch (LogFailedException e) {
            stopped = true;
        } catch (RuntimeException | Error e) {
            stopped = true;
            log.failed("preallocation thread", e);
        }
    }

    /** Runs the work on a thread that is there for nothing else. */
    static void beside(Runnable work) {
        daemon("creek-log-check", work).start();
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
