package io.creek.admin;

import io.creek.command.AclLog;
import io.creek.command.CommandCounts;
import io.creek.command.CommandLatency;
import io.creek.command.LatencyHistogram;
import io.creek.command.NodeStatus;
import io.creek.command.Peers.PeerReport;
import io.creek.command.PersistenceStatus;
import io.creek.command.ShardStatus.SizeClass;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Map;

/**
 * What a node tells of itself, as metrics: the names of Redis' exporter with {@code creek_} in place of {@code redis_} where it has one.
 * {@code operations.md} says what to do about each. Pure.
 */
final class NodeMetrics {
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private NodeMetrics() {}

    /** Of a node that does not serve yet. */
    static MetricSnapshot ready(boolean ready) {
        return new Samples()
                .gauge("ready", "Whether the node is to be sent clients, as /health/ready says", ready)
                .all()
                .get(0);
    }

    /**
     * @param fsyncs how long it took to make the log durable
     * @param ready as {@link Health} says
     */
    static List<MetricSnapshot> of(
            NodeStatus node, List<CommandLatency> latencies, LatencyHistogram.Sum fsyncs, boolean ready) {
        Samples samples = new Samples();
        samples.all().add(ready(ready));
        node(samples, node);
        clients(samples, node.traffic());
        denied(samples, node.denied());
        commands(samples, node, latencies);
        keyspace(samples, node);
        memory(samples, node);
        log(samples, node, fsyncs);
        replication(samples, node);
        peers(samples, node.replication().peers());
        return samples.all();
    }

    private static void node(Samples samples, NodeStatus node) {
        samples.info(
                        "instance",
                        "What runs: versions, the node's number, when writes are durable",
                        Labels.of(
                                "version",
                                node.creekVersion(),
                                "java_version",
                                System.getProperty("java.version"),
                                "node",
                                node.nodeId(),
                                "fsync",
                                node.fsync()))
                .gauge(
                        "uptime_in_seconds",
                        "How long the node has been serving",
                        (node.now().toEpochMilli() - node.startedMillis()) / MILLIS_PER_SECOND)
                .gauge(
                        "start_time_seconds",
                        "When the node began to serve, since 1970",
                        node.startedMillis() / MILLIS_PER_SECOND)
                .gauge("loading", "Whether the node has no data yet and copies that of a peer", node.filling())
                .gauge(
                        "shards",
                        "Parts of the keyspace, each with an event loop",
                        node.shards().size());
        node.process().ifPresent(process -> samples.counter(
                        "cpu_user_seconds", "Processor time that the process used", process.userSeconds())
                .counter(
                        "cpu_sys_seconds",
                        "Processor time that the system used for the process",
                        process.systemSeconds()));
    }

    private static void clients(Samples samples, NodeStatus.Traffic traffic) {
        samples.gauge("connected_clients", "Connections of clients", traffic.connectedClients())
                .gauge("max_clients", "Connections that there may be: clients_max", traffic.clientsMax())
                .counter("connections_received", "Connections accepted", traffic.connectionsReceived())
                .counter(
                        "rejected_connections",
                        "Connections closed because there were clients_max",
                        traffic.connectionsRejected())
                .counter("net_input_bytes", "Bytes read from clients", traffic.bytesIn())
                .counter("net_output_bytes", "Bytes written to clients", traffic.bytesOut())
                .gauge(
                        "client_buffer_bytes",
                        "Memory for what clients sent and was not executed, and replies that wait",
                        traffic.heldBytes())
                .gauge(
                        "client_buffer_max_bytes",
                        "Memory that there may be for it: clients_buffer_bytes_max",
                        traffic.heldBytesMax());
    }

    private static void denied(Samples samples, AclLog.Denied denied) {
        samples.counter("acl_access_denied_auth", "Logins refused: user or password were wrong", denied.auth())
                .counter("acl_access_denied_cmd", "Commands refused that the user may not run", denied.command())
                .counter(
                        "acl_access_denied_key",
                        "Commands refused with a key that the user may not touch",
                        denied.key());
    }

    private static void commands(Samples samples, NodeStatus node, List<CommandLatency> latencies) {
        samples.counter("commands_processed", "Commands read", node.traffic().commandsProcessed())
                .counters("commands", "Commands that ran", node.commands(), NodeMetrics::of, CommandCounts::calls)
                .counters(
                        "commands_duration_seconds",
                        "Time that commands ran",
                        node.commands(),
                        NodeMetrics::of,
                        command -> command.micros() / MICROS_PER_SECOND)
                .counters(
                        "commands_rejected_calls",
                        "Commands refused before they ran",
                        node.commands(),
                        NodeMetrics::of,
                        CommandCounts::rejected)
                .counters(
                        "commands_failed_calls",
                        "Commands that ran and answered an error",
                        node.commands(),
                        NodeMetrics::of,
                        CommandCounts::failed)
                .histograms(
                        "command_latency_seconds",
                        "How long commands ran, without what they waited for the log or for each other",
                        latencies,
                        each -> Labels.of("cmd", each.name()),
                        CommandLatency::latencies)
                .counters(
                        "errors",
                        "Errors answered",
                        node.errors().entrySet(),
                        each -> Labels.of("err", each.getKey()),
                        Map.Entry::getValue);
    }

    private static Labels of(CommandCounts command) {
        return Labels.of("cmd", command.name());
    }

    private static void keyspace(Samples samples, NodeStatus node) {
        List<String> databases = List.of("db0");
        samples.gauges(
                        "db_keys",
                        "Keys, those that have expired and were not swept included",
                        databases,
                        each -> Labels.of("db", each),
                        each -> node.keys())
                .gauges(
                        "db_keys_expiring",
                        "Keys with a deadline",
                        databases,
                        each -> Labels.of("db", each),
                        each -> node.keysWithDeadline())
                .counter("keyspace_hits", "Reads of a key that existed", node.hits())
                .counter("keyspace_misses", "Reads of a key that did not exist", node.misses())
                .counter("expired_keys", "Keys that the expiry sweep removed", node.expiredKeys())
                .gauge("tombstones", "Deleted and expired keys that are remembered because of peers", node.tombstones())
                .counter(
                        "forgotten_tombstones",
                        "Tombstones that all members had and that were forgotten",
                        node.forgottenTombstones())
                .counter("sweeps", "Runs of the expiry sweep", node.sweeps())
                .counter(
                        "sweep_duration_seconds",
                        "Time that the expiry sweep ran",
                        node.sweepNanos() / NANOS_PER_SECOND);
    }

    private static void memory(Samples samples, NodeStatus node) {
        samples.gauge("memory_used_bytes", "Memory of entries and their index", node.usedBytes())
                .gauge("memory_max_bytes", "Limit of the store: store_max_bytes", node.storeBytesMax())
                .gauge(
                        "store_bytes",
                        "Memory that was taken for entries and their index, what is free among it included; writes are refused when it reaches the limit",
                        node.storeBytes())
                .gauge("store_free_bytes", "Memory among it that waits to be used again", node.freeBytes())
                .gauge("store_index_bytes", "Memory among it of the index", node.indexBytes())
                .gauge("store_volume_bytes", "Memory or files in which all of it lies", node.volumeBytes())
                .counter(
                        "store_evacuations",
                        "Parts of the store that were emptied because much in them was free",
                        node.evacuations())
                .gauges(
                        "store_records",
                        "Records that hold entries, by their size in bytes",
                        node.sizes(),
                        NodeMetrics::of,
                        SizeClass::live)
                .gauges(
                        "store_free_records",
                        "Records that wait to be used again, by their size in bytes",
                        node.sizes(),
                        NodeMetrics::of,
                        size -> size.taken() - size.live());
        node.process()
                .ifPresent(process -> samples.gauge(
                        "memory_used_rss_bytes",
                        "Memory of the machine that the process occupies",
                        process.residentBytes()));
    }

    private static Labels of(SizeClass size) {
        return Labels.of("size", String.valueOf(size.bytes()));
    }

    private static void log(Samples samples, NodeStatus node, LatencyHistogram.Sum fsyncs) {
        PersistenceStatus status = node.persistence();
        samples.gauge("log_bytes", "The commit log on disk", node.logBytes())
                .gauge("log_bytes_since_snapshot", "What of the log a start has to replay", status.bytesSinceSnapshot())
                .gauge(
                        "log_undurable_frames",
                        "Frames of the log that a loss of power could take",
                        status.undurableFrames())
                .gauge(
                        "log_disk_full",
                        "Whether there is no room for more log, and writes that add data are refused",
                        status.diskFull())
                .histograms(
                        "log_fsync_latency_seconds",
                        "How long it took to make the log durable",
                        List.of(fsyncs),
                        each -> Labels.EMPTY,
                        each -> each)
                .gauge("snapshot_in_progress", "Whether a snapshot is being written", node.saving())
                .counter("snapshots", "Snapshots written", status.snapshots())
                .counter("snapshot_failures", "Snapshots given up", status.snapshotsFailed())
                .gauge(
                        "snapshot_last_timestamp_seconds",
                        "When the newest snapshot was written, since 1970; 0 when there is none",
                        node.lastSaveMillis() / MILLIS_PER_SECOND)
                .gauge(
                        "snapshot_last_duration_seconds",
                        "How long the last snapshot took",
                        status.lastSnapshotNanos() / NANOS_PER_SECOND)
                .gauge("snapshot_last_entries", "Entries in the last snapshot", status.lastSnapshotEntries())
                .gauge(
                        "recovered_entries",
                        "Entries read from snapshot and log at the start",
                        status.recoveredEntries());
    }

    private static void replication(Samples samples, NodeStatus node) {
        NodeStatus.Replication replication = node.replication();
        samples.gauge("read_only", "Whether the node takes no writes from clients", replication.readOnly())
                .gauge(
                        "writes_refused",
                        "Whether clients may not write because the node's clock is ahead",
                        replication.writeRefusal().isPresent())
                .gauge(
                        "blocked_clients",
                        "Clients in WAIT",
                        replication.counts().waits())
                .gauge(
                        "peers",
                        "Other nodes that are members",
                        replication.peers().size())
                .gauge(
                        "connected_slaves",
                        "Other nodes that are sent what is written here",
                        replication.peers().stream()
                                .filter(PeerReport::isStreaming)
                                .count())
                .counter(
                        "ahead_batches",
                        "Batches of peers that were not merged since their clocks were too far ahead",
                        replication.counts().aheadBatches())
                .counter(
                        "conflicts",
                        "Writes of peers that are lost to newer ones of this node, which was not aware of them",
                        replication.counts().conflicts())
                .counter(
                        "comparisons",
                        "Comparisons of all data with a peer",
                        replication.counts().comparisons())
                .counter(
                        "repair_rounds",
                        "Rounds in which differences were looked for that nobody knew of",
                        replication.counts().repairRounds())
                .counter(
                        "partitions_copied",
                        "Partitions in which a peer differed, and that were copied as far as they did",
                        replication.counts().partitionsCopied())
                .counter(
                        "copied_bytes_in",
                        "Bytes of entries that came for that",
                        replication.counts().copiedBytesIn())
                .counter(
                        "copied_bytes_out",
                        "Bytes of entries that peers were sent for that",
                        replication.counts().copiedBytesOut())
                .counter(
                        "bus_messages_sent",
                        "Messages sent to peers",
                        replication.counts().messages().sent())
                .counter(
                        "bus_messages_received",
                        "Messages of peers",
                        replication.counts().messages().received())
                .counters(
                        "bus_messages_dropped",
                        "Messages not sent, not read, or not understood",
                        Map.of(
                                        "unsent",
                                                replication.counts().messages().unsent(),
                                        "unread",
                                                replication.counts().messages().unread(),
                                        "unreadable",
                                                replication.counts().messages().unreadable())
                                .entrySet(),
                        each -> Labels.of("reason", each.getKey()),
                        Map.Entry::getValue);
    }

    private static void peers(Samples samples, List<PeerReport> peers) {
        samples.gauges(
                        "peer_state",
                        "1 for the state in which the stream to a peer is",
                        peers,
                        peer -> Labels.of("peer", peer.node(), "state", peer.state()),
                        peer -> 1)
                .gauges(
                        "peer_lag_bytes",
                        "What of the log a peer has not received",
                        peers,
                        NodeMetrics::of,
                        PeerReport::lagBytes)
                .gauges(
                        "peer_lag_seconds",
                        "For how long at most something has been waiting for a peer",
                        peers,
                        NodeMetrics::of,
                        peer -> peer.lagMillis() / MILLIS_PER_SECOND)
                .gauges(
                        "peer_last_contact_seconds",
                        "How long ago a peer last sent something; -1 when it never did",
                        peers,
                        NodeMetrics::of,
                        peer -> peer.contactMillisAgo() < 0 ? -1 : peer.contactMillisAgo() / MILLIS_PER_SECOND)
                .gauges(
                        "peer_horizon_lag_seconds",
                        "How far back lies what all members durably have, as a peer knows it",
                        peers,
                        NodeMetrics::of,
                        peer -> peer.horizonMillisBehind() / MILLIS_PER_SECOND)
                .gauges(
                        "peer_clock_ahead_seconds",
                        "How far a peer's clock is ahead of ours",
                        peers,
                        NodeMetrics::of,
                        peer -> peer.aheadMillis() / MILLIS_PER_SECOND);
    }

    private static Labels of(PeerReport peer) {
        return Labels.of("peer", peer.node(), "address", peer.address());
    }
}
