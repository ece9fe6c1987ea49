package io.creek.command;

/**
 * How the log and its snapshots fare.
 *
 * @param bytesSinceSnapshot of the log that a start has to replay
 * @param undurableFrames of the log that a loss of power could take
 * @param diskFull whether there is no room to prepare more log
 * @param snapshots written since the start
 * @param snapshotsFailed given up since the start
 * @param lastSnapshotNanos that the last one took
 * @param lastSnapshotEntries that it holds
 * @param recoveredEntries merged from the log at the start
 */
public record PersistenceStatus(
        long bytesSinceSnapshot,
        long undurableFrames,
        boolean diskFull,
        long snapshots,
        long snapshotsFailed,
        long lastSnapshotNanos,
        long lastSnapshotEntries,
        long recoveredEntries) {}
