package io.creek.replication;

import io.creek.replication.Replica.Closed;

/**
 * The closed versions that one member tells, each of which counts once its stream has been received as far as it says: of those that do not yet,
 * the oldest and the newest, so that a stream that always lags gets on too. Owned by {@link Members}.
 */
final class MemberClosedVersions {
    private Closed oldest = Closed.NONE;
    private Closed newest = Closed.NONE;
    private long reached;

    void add(Closed closed) {
        if (closed.clock() > newest.clock()) {
            newest = closed;
            if (oldest.clock() <= reached) {
                oldest = closed;
            }
        }
    }

    /** The greatest that counts when the stream was durably received up to the cursor; 0 for none. */
    long reached(long durableCursor) {
        if (newest.sequence() <= durableCursor) {
            reached = newest.clock();
        } else if (oldest.clock() > reached && oldest.sequence() <= durableCursor) {
            reached = oldest.clock();
            oldest = newest;
        }
        return reached;
    }
}
