package io.creek.command;

import io.creek.protocol.Reply;
import java.util.Optional;

/**
 * One way through the keyspace. Entries come in an order of their own, each at a cursor: a place in that order, from 0 to below 2^53, so
 * that clients which read numbers as doubles read it whole. Used by one thread at a time.
 */
public interface Walk {
    /** What {@link #afterLast} answers when it is all done. */
    long DONE = -1;

    /** Why there is nothing to walk: a mistake in the request. */
    default Optional<Reply> refusal() {
        return Optional.empty();
    }

    /** The cursor to begin at. */
    long first();

    /** Told before the first entry: up to which clock value every member is known to have everything, 0 when that is not known of anything. */
    default void horizon(long clock) {}

    /** Sees an entry, a tombstone or one past its deadline too; answers whether it wants more. */
    boolean visit(EntryView entry);

    /** Where to go on when the last entry was visited, or {@link #DONE}. */
    default long afterLast() {
        return DONE;
    }

    /** What the client gets. {@code next} is the cursor of what was not visited, 0 when there is nothing. */
    Reply reply(long next);

    /** The walk of a request that has a mistake. */
    static Walk refused(Reply refusal) {
        return new Walk() {
            @Override
            public Optional<Reply> refusal() {
                return Optional.of(refusal);
            }

            @Override
            public long first() {
                return 0;
            }

            @Override
            public boolean visit(EntryView entry) {
                return false;
            }

            @Override
            public Reply reply(long next) {
                return refusal;
            }
        };
    }
}
