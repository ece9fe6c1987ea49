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
                    "forgets deletions as soon as there is a horizon",
                    "store/Entry.java",
                    "return Math.max(valueClock, expiryClock) <= horizon && deadlineMillis <= HybridClock.millisOf(horizon);",
                    "return horizon > 0;"),
            new ClusterPlanted(
                    "merges at locked keys",
                    "store/MergeTask.java",
                    "return places.stream().anyMatch(shard.locks()::isLocked);",
                    "return false;"),
            new ClusterPlanted(
                    "merges a floor at locked keys",
                    "store/MergeTask.java",
                    "return !shard.locks().isFree();",
                    "return false;"));

    void requireFound(Path classes) throws IOException {
        try (PlantedLog planted = PlantedLog.inNode(classes, source, right, wrong)) {
            assertThatThrownBy(() -> planted.runNamed("io.creek.replication.ClusterSimulation", "runMany"))
                    .as("a node that %s", what)
                    .hasMessageStartingWith("seed ");
        }
    }
}
