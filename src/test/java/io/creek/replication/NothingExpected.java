package io.creek.replication;

import io.creek.replication.PeerStatus.State;

/** What a test does not expect of replication: each event fails it. */
interface NothingExpected extends ReplicationEvents {
    @Override
    default void tailLost(long peer, long cursor) {
        throw new AssertionError(cursor);
    }

    @Override
    default void cursorDropped(long peer, long from, long to, String reason) {
        throw new AssertionError(reason);
    }

    @Override
    default void refused(long peer, State state) {
        throw new AssertionError(state);
    }

    @Override
    default void logUnreadable(long peer, String reason) {
        throw new AssertionError(reason);
    }
}
