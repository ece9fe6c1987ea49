package io.creek.replication;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** All that the store of this node holds, whoever made it. Used by the replication thread alone; callbacks come on it, later or at once. */
public interface Contents {
    /** A place in the order in which the contents are collected; it has a meaning for this life of this node only. */
    record Place(int part, long from) {
        static final Place START = new Place(0, 0);
        static final Place END = new Place(-1, 0);

        boolean isEnd() {
            return part < 0;
        }
    }

    /**
     * @param entries as in a frame of the log
     * @param next where to go on
     */
    record Slice(ByteBuffer entries, Place next) {}

    /**
     * Collects entries from the place on, about {@code bytesMax} of them and at least one, if there is one. What is there from the first to the
     * last slice is in one of them.
     */
    void collect(Place place, int bytesMax, Consumer<Slice> collected);

    /** Merges entries that another node collected, and logs the winners as received. */
    void merge(long from, ByteBuffer entries, Consumer<Replica.Outcome> merged);
}
