package io.creek.command;

import java.util.List;

/**
 * What the node says of itself: sums over its shards, and what belongs to the process.
 *
 * @param creekVersion version of this software
 * @param processId operating system's id of the process
 * @param port port on which clients are served
 * @param nodeId the node's number, 16 hexadecimal digits
 * @param startedMillis when the process began to serve, milliseconds since 1970
 * @param nowMillis when the status was taken
 * @param connectedClients connections open now
 * @param clientsMax connections that may be open at once
 * @param connectionsReceived connections accepted since the start
 * @param commandsProcessed commands answered since the start
 * @param storeBytesMax limit of the store, bytes
 * @param fsync {@code always}, {@code everysec} or {@code no}
 * @param logBytes bytes of the commit log on disk
 * @param saving whether a snapshot is being written
 * @param lastSaveMillis when the newest snapshot was completed, milliseconds since 1970; 0 when there is none
 * @param shards status of each shard
 */
public record NodeStatus(
        String creekVersion,
        long processId,
        int port,
        String nodeId,
        long startedMillis,
        long nowMillis,
        int connectedClients,
        int clientsMax,
        long connectionsReceived,
        long commandsProcessed,
        long storeBytesMax,
        String fsync,
        long logBytes,
        boolean saving,
        long lastSaveMillis,
        List<ShardStatus> shards) {

    public long keys() {
        return shards.stream().mapToLong(ShardStatus::keys).sum();
    }

    public long keysWithDeadline() {
        return shards.stream().mapToLong(ShardStatus::keysWithDeadline).sum();
    }

    public long storeBytes() {
        return shards.stream().mapToLong(ShardStatus::storeBytes).sum();
    }

    public long freeBytes() {
        return shards.stream().mapToLong(ShardStatus::freeBytes).sum();
    }

    public long expiredKeys() {
        return shards.stream().mapToLong(ShardStatus::expiredKeys).sum();
    }

    public long hits() {
        return shards.stream().mapToLong(ShardStatus::hits).sum();
    }

    public long misses() {
        return shards.stream().mapToLong(ShardStatus::misses).sum();
    }
}
