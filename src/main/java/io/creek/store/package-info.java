/**
 * The data of the node: entries off-heap, their index, versions, deadlines, and the shards that own them.
 *
 * <p>The path of a command: {@link io.creek.store.StoreProxy#submit} finds the shard of its keys and calls straight through, hops once,
 * or starts a {@link io.creek.store.CrossShardOperation}; {@link io.creek.store.Shard} evaluates the command on a
 * {@link io.creek.store.WorkingSet}, appends one frame to the commit log and applies the writes to its
 * {@link io.creek.store.Keyspace}; once per turn of the loop the log is written and the replies that it covers are let go.
 *
 * <p>{@link io.creek.store.SnapshotThread} collects the entries of all shards, slice by slice between their other work, and hands them to the
 * log's snapshot writer.
 *
 * <p>A shard and all that it owns are touched by one event loop only. Before the loops start, recovery fills the keyspaces from the
 * log. Depends on {@code command}, {@code log}, {@code protocol} and {@code config}; MapDB is behind
 * {@link io.creek.store.RecordStore}.
 */
@NullMarked
package io.creek.store;

import org.jspecify.annotations.NullMarked;
