/**
 * The data directory: who the node is, and what it promised to remember.
 *
 * <p>One process has a {@link io.creek.log.DataDirectory}; its {@link io.creek.log.CommitLog} is the only place where data becomes
 * durable. A write goes: {@code append} gives the frame a sequence and a place on space that was prepared, or refuses it and nothing has
 * happened; the store applies it to memory; {@code write} writes what the turn has queued; the log's sync thread forces it; the gate tells
 * up to where replies may leave.
 *
 * <pre>
 * append ─ SegmentChain (place) ─ Frame (header, checksums) ─ WriteQueue
 * write  ─ WriteQueue ─ Segment ─ DiskFile
 * sync   ─ Ceilings, DiskFile.force ─ gate                     LogThreads: when
 * space  ─ SegmentChain.Growth: zeros, one segment ahead, beside the Reserve       LogThreads: when
 * snapshot ─ SnapshotWriter (add, finish) ─ Snapshots: what it makes needless goes
 * open   ─ SnapshotListing, SegmentListing, Recovery ─ SnapshotReader, SegmentReader ─ FrameReplay
 * check  ─ LogCheck ─ LogScan (over damage), SnapshotReader; LogRepair: a snapshot of what is whole, the rest aside
 * </pre>
 *
 * <p>Everything touches the disk through {@link io.creek.log.Disk}, and works in steps without threads, so that a test can crash it
 * at any operation from a seed. Depends on no other package and not on Vert.x.
 */
@NullMarked
package io.creek.log;

import org.jspecify.annotations.NullMarked;
