package io.creek.command;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the node says of itself: sums over its shards, and what belongs to the process.
 *
 * @param creekVersion version of this software
 * @param processId operating system's id of the process
 * @param port port on which clients are served
 * @param configurationFile that the node was started with; empty when there was none
 * @param nodeId the node's number, 16 hexadecimal digits
 * @param startedMillis when the process began to serve, milliseconds since 1970
 * @param now when the status was taken
 * @param process what the operating system knows of the process, where that can be asked
 * @param storeBytesMax limit of the store, bytes
 * @param fsync {@code always}, {@code everysec} or {@code no}
 * @param logBytes bytes of the commit log on disk
 * @param filling whether the node has no data yet and copies that of a peer
 * @param replication what the node has to do with others
 * @param persistence how the log and its snapshots fare
 * @param saving whether a snapshot is being written
 * @param lastSaveMillis when the newest snapshot was completed, milliseconds since 1970; 0 when there is none
 * @param commands counts of each command that was sent
 * @param errors how often each code of error was answered
 * @param denied what clients were not allowed
 * @param shards status of each shard
 */
public record NodeStatus(
        String creekVersion,
        long processId,
        int port,
        String configurationFile,
        String nodeId,
        long startedMillis,
        Instant now,
        Traffic traffic,
        Optional<ProcessFigures> process,
        long storeBytesMax,
        String fsync,
        long logBytes,
        boolean filling,
        Replication replication,
        PersistenceStatus persistence,
        boolean saving,
        long lastSaveMillis,
        List<CommandCounts> commands,
        Map<String, Long> errors,
        AclLog.Denied denied,
        List<ShardStatus> shards) {

    /**
     * Connections and what passes through them. What is counted is so since the start, or since CONFIG RESETSTAT.
     *
     * @param connectedClients connections open now
     * @param clientsMax connections that may be open at once
     * @param connectionsReceived connections accepted
     * @param connectionsRejected connections closed because there were too many
     * @param commandsProcessed commands answered
     * @param bytesIn bytes read
     * @param bytesOut bytes written
     * @param heldBytes that are kept in memory for clients: what they sent and was not executed, and replies that wait
     * @param heldBytesMax that may be
     * @param commandsPerSecond commands answered in each of the last seconds
     * @param bytesInPerSecond bytes read in each of the last seconds
     * @param bytesOutPerSecond bytes written in each of the last seconds
     */
    public record Traffic(
            int connectedClients,
            int clientsMax,
            long connectionsReceived,
            long connectionsRejected,
            long commandsProcessed,
            long bytesIn,
            long bytesOut,
            long heldBytes,
            long heldBytesMax,
            double commandsPerSecond,
            double bytesInPerSecond,
            double bytesOutPerSecond) {}

    /**
     * The other nodes, and what this one is to them.
     *
     * @param readOnly whether it takes no writes from clients
     * @param writeRefusal why it takes none for now
     */
    public record Replication(
            boolean readOnly, Optional<String> writeRefusal, List<Peers.PeerReport> peers, Peers.PeerCounts counts) {}

    public long keys() {
        return shards.stream().mapToLong(ShardStatus::keys).sum();
    }

    public long keysWithDeadline() {
        return shards.stream().mapToLong(ShardStatus::keysWithDeadline).sum();
    }

    public long storeBytes() {
        return shards.stream().mapToLong(ShardStatus::storeBytes).sum();
    }

    /** Bytes of records that hold entries, and of the index. */
    public long usedBytes() {
        return storeBytes() - freeBytes();
    }

    public long freeBytes() {
        return shards.stream().mapToLong(ShardStatus::freeBytes).sum();
    }

    public long indexBytes() {
        return shards.stream().mapToLong(ShardStatus::indexBytes).sum();
    }

    public long volumeBytes() {
        return shards.stream().mapToLong(ShardStatus::volumeBytes).sum();
    }

    public long evacuations() {
        return shards.stream().mapToLong(ShardStatus::evacuations).sum();
    }

    /** Those of all shards together, the smallest first. */
    public List<ShardStatus.SizeClass> sizes() {
        Map<Integer, ShardStatus.SizeClass> sums = new TreeMap<>();
        for (ShardStatus shard : shards) {
            for (ShardStatus.SizeClass each : shard.sizes()) {
                sums.merge(
                        each.bytes(),
                        each,
                        (one, other) -> new ShardStatus.SizeClass(
                                one.bytes(), one.taken() + other.taken(), one.live() + other.live()));
            }
        }
        return List.copyOf(sums.values());
    }

    public long expiredKeys() {
        return shards.stream().mapToLong(ShardStatus::expiredKeys).sum();
    }

    public long tombstones() {
        return shards.stream().mapToLong(ShardStatus::tombstones).sum();
    }

    public long forgottenTombstones() {
        return shards.stream().mapToLong(ShardStatus::forgottenTombstones).sum();
    }

    public long sweeps() {
        return shards.stream().mapToLong(ShardStatus::sweeps).sum();
    }

    public long sweepNanos() {
        return shards.stream().mapToLong(ShardStatus::sweepNanos).sum();
    }

    public long hits() {
        return shards.stream().mapToLong(ShardStatus::hits).sum();
    }

    public long misses() {
        return shards.stream().mapToLong(ShardStatus::misses).sum();
    }
}
