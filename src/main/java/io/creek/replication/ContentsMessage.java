package io.creek.replication;

import io.creek.replication.Contents.Buckets;
import io.creek.replication.Contents.Digests;
import io.creek.replication.Contents.Place;
import io.creek.replication.Contents.Selection;
import io.creek.replication.ReplicationMessage.Session;
import java.nio.ByteBuffer;

/**
 * What two nodes say when one compares what the other holds with its own, see {@link ContentsCodec}. One asks, the other answers and keeps nothing
 * in mind. Immutable, but that a buffer may be read once.
 */
sealed interface ContentsMessage {
    Session session();

    /** Of the comparison; an answer names that of its question, so that one to an earlier comparison is recognized as late. */
    long round();

    sealed interface Question extends ContentsMessage {}

    sealed interface Answer extends ContentsMessage {}

    /** @param tombstones whether deleted entries are compared too */
    record DigestsWanted(Session session, long round, boolean tombstones) implements Question {}

    record BucketsWanted(Session session, long round, int partition, boolean tombstones) implements Question {}

    /**
     * @param slice the number of the slice of which a part is here already; 0 for a new one
     * @param offset of the part in the slice
     */
    record SliceWanted(Session session, long round, Place place, Selection selection, long slice, int offset)
            implements Question {}

    /**
     * @param filling whether the sender may lack most, as it has only begun to copy from others
     * @param digests without tombstones' unless they were wanted: then those are empty
     */
    record DigestsTold(Session session, long round, boolean filling, Digests digests) implements Answer {}

    record BucketsTold(Session session, long round, int partition, Buckets buckets) implements Answer {}

    /**
     * A slice, or a part of one that is too large for a message.
     *
     * @param slice its number: whether it is still the same
     * @param total bytes of the whole slice
     */
    record SlicePart(
            Session session, long round, Place place, long slice, int offset, Place next, int total, ByteBuffer bytes)
            implements Answer {}
}
