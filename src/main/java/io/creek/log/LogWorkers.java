package io.creek.log;

/** Who does the log's blocking work: threads of its own, or a test step by step. */
interface LogWorkers {
    /** Something waits for an fsync: {@link CommitLog#sync} should run soon. Cheap; called after every write under {@code always}. */
    void syncWanted();

    /** {@link CommitLog#preallocate} has something to do. Cheap. */
    void spaceWanted();

    /** There is more prepared space, or the disk was found full: who waits should look again. */
    void spaceChanged();

    /**
     * Waits until there is more prepared space than there was at {@code growthsSeen}.
     *
     * @return false when the frame should rather be refused
     */
    boolean awaitSpace(long growthsSeen);

    /** Ends when no step runs any more. */
    void stop();
}
