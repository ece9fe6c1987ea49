package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.log.PlantedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A fault that {@link ClusterSimulation} has to find, else it would prove nothing: a replacement in one source.
 *
 * @param what the fault does
 * @param source below {@code io/creek}
 * @param right what the source says, exactly once
 * @param wrong what it says instead
 */
record ClusterPlanted(String what, String source, String right, String wrong) {
    /** Each breaks a rule of its own. */
    static final List<ClusterPlanted> ALL = List.of(
            // The log.
            new ClusterPlanted("skips the fsync", "log/LogWriter.java", "segment.file().force();", "segment.number();"),
            new ClusterPlanted(
                    "syncs every few seconds",
                    "log/CommitLog.java",
                    "boolean syncs = gate.fsync() != FsyncPolicy.NO;",
                    "boolean syncs = gate.fsync() == FsyncPolicy.ALWAYS;"),
            new ClusterPlanted(
                    "uses a sequence twice",
                    "log/NodeFile.java",
                    "slots.newest.start + (slots.valid == SLOTS ? 1 : 2)",
                    "slots.newest.start"),
            new ClusterPlanted(
                    "uses a version twice, as the ceiling is not recovered",
                    "store/Store.java",
                    "Math.max(log.recoveredCeiling(), keyspaces[shard].newestClock())",
                    "keyspaces[shard].newestClock()"),
            new ClusterPlanted(
                    "issues versions above the ceiling",
                    "store/VersionIssuer.java",
                    "if (value >= ceiling) {",
                    "if (value >= ceiling + (1L << 40)) {"),
            new ClusterPlanted(
                    "sends on what it received",
                    "log/LogFollower.java",
                    "if (type == LogEntry.CURSOR || type == LogEntry.RECEIVED) {",
                    "if (type == LogEntry.CEILING) {"),
            new ClusterPlanted(
                    "deletes the log that a peer still needs",
                    "log/Snapshots.java",
                    "Math.min(Math.min(sequence, retained), gate.durable() - 1)",
                    "Math.min(sequence, gate.durable() - 1)"),
            // The store.
            new ClusterPlanted(
                    "replies before the gate",
                    "store/Shard.java",
                    "store.logWritten();\n        }\n        release(log.gateSequence());",
                    "store.logWritten();\n        }\n        release(Long.MAX_VALUE);"),
            new ClusterPlanted(
                    "replies over shards before the gate",
                    "store/CrossShardOperation.java",
                    "operation.gatedBy(appender.sequence());",
                    "operation.gatedBy(0);"),
            new ClusterPlanted(
                    "applies what the log refused",
                    "store/FrameAppender.java",
                    "return sequence == CommitLog.REFUSED ? LOG_REFUSED : null;",
                    "return null;"),
            new ClusterPlanted(
                    "gives a FLUSHALL a version below a shard's clock",
                    "store/CrossShardOperation.java",
                    "shard.versions().observe(clockFloor);",
                    "shard.versions().last();"),
            new ClusterPlanted(
                    "merges at locked keys",
                    "store/MergeTask.java",
                    "return places.stream().anyMatch(shard.locks()::isLocked);",
                    "return false;"),
            new ClusterPlanted(
                    "merges a floor at locked keys",
                    "store/MergeTask.java",
                    "return !shard.locks().isFree();",
                    "return false;"),
            new ClusterPlanted("merges no floor", "store/MergeTask.java", "keyspace.raise(floor);", "keyspace.keys();"),
            new ClusterPlanted(
                    "lets an EXPIRE rescue from a floor",
                    "store/Keyspace.java",
                    "floors.cover(Placement.partition(place), entry.valueClock, entry.valueNode)",
                    "floors.cover(Placement.partition(place), entry.expiryClock, entry.expiryNode)"),
            new ClusterPlanted(
                    "decides by value versions alone",
                    "store/Keyspace.java",
                    "entry.expiryClock, entry.expiryNode, stored.expiryClock, entries.node(stored.expiryNode));",
                    "0, 0, 0, 0);"),
            new ClusterPlanted(
                    "sweeps without keeping the deadline",
                    "store/ExpirySweep.java",
                    "tombstone.deadlineMillis = swept.deadlineMillis;",
                    "tombstone.deadlineMillis = 0;"),
            new ClusterPlanted(
                    "removes a deleted key without a trace",
                    "store/Keyspace.java",
                    "if (entry.tombstone && !keepsTombstones) {",
                    "if (entry.tombstone) {"),
            new ClusterPlanted(
                    "issues versions below those that it merged",
                    "store/MergeTask.java",
                    "shard.versions().observe(batch.clockMax());",
                    "shard.versions().last();"),
            new ClusterPlanted(
                    "merges what is ahead of its clock",
                    "store/PeerMerges.java",
                    "received.latestMillis() > store.wallMillis() + aheadMillisMax",
                    "received.latestMillis() < 0"),
            new ClusterPlanted(
                    "logs a cursor before all of the batch",
                    "store/MergedBatch.java",
                    "PeerCursor reached = whole ? cursor : before;",
                    "PeerCursor reached = cursor;"),
            new ClusterPlanted(
                    "counts a cursor that is not durable",
                    "store/CursorDurability.java",
                    "newestFrame > 0 && newestFrame <= durableFrame",
                    "newestFrame > 0"),
            new ClusterPlanted(
                    "lets a peer copy what is not durable",
                    "store/ContentsReader.java",
                    "loop.execute(() -> syncs.await(sequence, () -> receiver.slice(entries, next)));",
                    "loop.execute(() -> receiver.slice(entries, next));"),
            new ClusterPlanted(
                    "forgets floors in a snapshot",
                    "store/SnapshotWalk.java",
                    "            writeFloors(writer);\n",
                    ""),
            // Streams.
            new ClusterPlanted(
                    "moves the cursor before the merge",
                    "replication/PeerReceiver.java",
                    "merging = batch;",
                    "merging = batch; received = batch.to();"),
            new ClusterPlanted(
                    "takes a batch behind a gap",
                    "replication/PeerReceiver.java",
                    "if (batch.from() != expected() || ",
                    "if ("),
            new ClusterPlanted(
                    "acknowledges as durable what is received",
                    "replication/PeerReceiver.java",
                    "durableTold = Math.min(replica.durableCursor(origin), received);",
                    "durableTold = received;"),
            new ClusterPlanted(
                    "takes messages of an earlier life",
                    "replication/PeerReceiver.java",
                    "return session.epoch() < epoch;",
                    "return false;"),
            new ClusterPlanted(
                    "skips what is ahead of its clock",
                    "replication/PeerReceiver.java",
                    "if (outcome == Outcome.MERGED) {",
                    "if (outcome != Outcome.FULL) {"),
            new ClusterPlanted(
                    "skips what its disk has no room for",
                    "replication/PeerReceiver.java",
                    "if (outcome == Outcome.MERGED) {",
                    "if (outcome != Outcome.AHEAD) {"),
            new ClusterPlanted(
                    "forgets that a part was skipped",
                    "replication/PeerReceiver.java",
                    "new Cursor(batch.to(), batch.skips() || logged.pendingComparison())",
                    "new Cursor(batch.to(), logged.pendingComparison())"),
            new ClusterPlanted(
                    "puts parts together that do not follow",
                    "replication/PartAssembly.java",
                    "part.offset() != assembled()",
                    "part.offset() < assembled()"),
            new ClusterPlanted(
                    "goes on with parts after a restart",
                    "replication/PartAssembly.java",
                    "part.offset() != assembled()",
                    "assembled() > 0 && part.offset() != assembled()"),
            new ClusterPlanted(
                    "does not send again",
                    "replication/StreamPosition.java",
                    "sent = received;\n        read = large == null",
                    "read = large == null"));

    void requireFound(Path classes) throws IOException {
        try (PlantedLog planted = PlantedLog.inNode(classes, source, right, wrong)) {
            assertThatThrownBy(() -> planted.runNamed("io.creek.replication.ClusterSimulation", "runMany"))
                    .as("a node that %s", what)
                    .hasMessageStartingWith("seed ");
        }
    }
}
