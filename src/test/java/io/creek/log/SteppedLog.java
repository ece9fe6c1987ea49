package io.creek.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A log whose threads' work is done when a test of another package says so. One thread. */
public final class SteppedLog {
    private @Nullable CommitLog log;
    private @Nullable SteppedWorkers workers;

    /** As {@link CommitLog#open(DataDirectory, LogOptions, FrameReplay, Reserve, LogEvents)}. */
    public CommitLog open(
            DataDirectory directory, LogOptions options, FrameReplay replay, Reserve reserve, LogEvents events)
            throws IOException {
        CommitLog opened = CommitLog.open(directory, options, replay, reserve, events, of -> {
            SteppedWorkers made = new SteppedWorkers(of);
            workers = made;
            return made;
        });
        log = opened;
        return opened;
    }

    /** What the sync thread does as soon as it is asked to; whether it was. */
    public boolean syncIfWanted() {
        if (workers == null || log == null || !workers.takeSyncWanted()) {
            return false;
        }
        log.sync();
        return true;
    }

    /** What the sync thread does when it was not asked for anything in a second. */
    public void tick() {
        if (log != null) {
            log.tick();
        }
    }

    public void preallocate() {
        if (log != null) {
            log.preallocate();
        }
    }
}
