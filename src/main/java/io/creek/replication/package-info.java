/**
 * What goes between nodes. Every node sends what was made on it to each peer, from its log, and merges what it is sent; the log is the
 * hint store of peers that are away.
 *
 * <pre>
 * log ─ LogSource ─ PeerStream (from, to] ─ ReplicationCodec ─ Transport ┄┄ Replication.receive ─ PeerReceiver ─ Replica.receive ─ log
 *                   PeerStream ◄──────────── cursors received and durable ┄┄ acknowledgement ─ PeerReceiver
 * </pre>
 *
 * <p>{@link io.creek.replication.Replication} is a node's part in it, with a {@link io.creek.replication.PeerStream} and a
 * {@link io.creek.replication.PeerReceiver} per peer. A cursor is a sequence of the origin's log: everything up to it was received. It moves in
 * the frame that has the entries, so neither is there without the other, and a repeated, late or lost message changes nothing. What was
 * received is never sent on.
 *
 * <p>Two nodes speak within a session, named by the start counters of both in every message: what was meant for an earlier life of either is
 * recognized as such.
 *
 * <p><b>Comparisons</b> bring what streams have not:
 *
 * <pre>
 * Comparisons ─ Comparison ─ digests of 1024 partitions ─ PartitionCopy ─ digests of its buckets ─ their entries, by slices ─ Contents.merge
 *                  ┊                    ┊                       ┊                    ┊
 *               ContentsServer ◄────────┴───────────────────────┴────────────────────┘   at the peer, which keeps nothing in mind
 * </pre>
 *
 * <p>{@link io.creek.replication.Comparisons} says when: strictly – all of it, deleted entries too – with a peer whose stream was skipped; and
 * leniently, as {@link io.creek.replication.AntiEntropy} has it, with everyone from time to time. Both only take; versions decide.
 *
 * <p>All of it belongs to one thread, which may block on reads of the log. Time, transport and data are interfaces, so that tests run
 * several nodes in one thread. Depends on {@code log} and {@code store}, and not on Vert.x, but for the bus.
 *
 * <p><b>The bus.</b> {@link io.creek.replication.ClusteredVertx} makes the process' Vert.x one of a cluster, with a Hazelcast that is told
 * everything and finds out nothing by itself. There {@link io.creek.replication.BusVerticle} holds the {@link
 * io.creek.replication.BusTransport}, which reaches a node by its number, and the {@link io.creek.replication.BusPresence}, which tells whose
 * numbers are there. They are the edge: they belong to an event loop, know Vert.x, and say Bus, Cluster or Hazelcast in their names.
 */
@NullMarked
package io.creek.replication;

import org.jspecify.annotations.NullMarked;
