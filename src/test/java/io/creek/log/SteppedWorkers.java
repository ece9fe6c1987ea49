package io.creek.log;

/** Does a log's work when the test says so. One thread. */
final class SteppedWorkers implements LogWorkers {
    private final CommitLog log;
    private boolean syncWanted;

    SteppedWorkers(CommitLog log) {
        this.log = log;
    }

    boolean isSyncWanted() {
        return syncWanted;
    }

    /** Whether a sync is wanted; from now on it is not. */
    boolean takeSyncWanted() {
        boolean wanted = syncWanted;
        syncWanted = false;
        return wanted;
    }

    @Override
    public void syncWanted() {
        syncWanted = true;
    }

    @Override
    public void spaceWanted() {}

    @Override
    public void spaceChanged() {}

    @Override
    public boolean awaitSpace(long growthsSeen) {
        while (log.growths() == growthsSeen) {
            if (!log.preallocate()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void stop() {}
}
