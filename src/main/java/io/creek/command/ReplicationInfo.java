package io.creek.command;

import io.creek.command.Peers.PeerReport;
import io.creek.protocol.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What Redis' clients and exporters look for to learn of a master and its replicas, in ROLE and in INFO's section: here every peer that is
 * sent what is written on this node is a replica of it, and the first one that takes writes is the master of a node that takes none. Pure.
 */
final class ReplicationInfo {
    private static final String NO_REPLICATION_ID = "0".repeat(40);
    private static final String MASTER = "master";
    private static final String SLAVE = "slave";

    private ReplicationInfo() {}

    static Map<String, Object> fields(NodeStatus node) {
        NodeStatus.Replication replication = node.replication();
        Map<String, Object> fields = new LinkedHashMap<>();
        List<PeerReport> replicas = replicas(replication.readOnly(), replication.peers());
        fields.put("role", replication.readOnly() ? SLAVE : MASTER);
        if (replication.readOnly()) {
            describeMaster(fields, master(replication.peers()), node.filling());
        }
        fields.put("connected_slaves", replicas.size());
        for (int i = 0; i < replicas.size(); i++) {
            fields.put("slave" + i, replica(replicas.get(i)));
        }
        fields.put("master_failover_state", "no-failover");
        fields.put("master_replid", (node.nodeId() + NO_REPLICATION_ID).substring(0, NO_REPLICATION_ID.length()));
        fields.put("master_replid2", NO_REPLICATION_ID);
        fields.put("master_repl_offset", replication.counts().shippable());
        fields.put("second_repl_offset", -1);
        fields.put("creek_node", node.nodeId());
        fields.put("creek_writes_refused", replication.writeRefusal().isPresent() ? 1 : 0);
        fields.put("creek_ahead_batches", replication.counts().aheadBatches());
        fields.put("creek_conflicts", replication.counts().conflicts());
        fields.put("creek_comparisons", replication.counts().comparisons());
        fields.put("creek_repair_rounds", replication.counts().repairRounds());
        fields.put("creek_partitions_copied", replication.counts().partitionsCopied());
        fields.put("creek_copied_bytes_in", replication.counts().copiedBytesIn());
        fields.put("creek_copied_bytes_out", replication.counts().copiedBytesOut());
        fields.put("creek_peers", replication.peers().size());
        for (int i = 0; i < replication.peers().size(); i++) {
            fields.put("peer" + i, peer(replication.peers().get(i)));
        }
        return fields;
    }

    private static void describeMaster(Map<String, Object> fields, Optional<PeerReport> master, boolean filling) {
        fields.put("master_host", master.map(PeerReport::host).orElse(""));
        fields.put("master_port", master.map(PeerReport::port).orElse(0));
        fields.put("master_link_status", master.isPresent() ? "up" : "down");
        fields.put(
                "master_last_io_seconds_ago",
                master.map(peer -> wholeSeconds(peer.contactMillisAgo())).orElse(-1L));
        fields.put("master_sync_in_progress", filling ? 1 : 0);
        fields.put("slave_repl_offset", master.map(PeerReport::applied).orElse(0L));
        fields.put("slave_priority", 100);
        fields.put("slave_read_only", 1);
    }

    static Reply role(boolean readOnly, List<PeerReport> peers, long shippable) {
        if (readOnly) {
            Optional<PeerReport> master = master(peers);
            return Reply.array(
                    Reply.bulk(SLAVE),
                    Reply.bulk(master.map(PeerReport::host).orElse("")),
                    Reply.integer(master.map(PeerReport::port).orElse(0)),
                    Reply.bulk(master.isPresent() ? "connected" : "connect"),
                    Reply.integer(master.map(PeerReport::applied).orElse(-1L)));
        }
        Reply[] replicas = replicas(false, peers).stream()
                .map(peer -> Reply.array(
                        Reply.bulk(peer.host()),
                        Reply.bulk(String.valueOf(peer.port())),
                        Reply.bulk(String.valueOf(peer.received()))))
                .toArray(Reply[]::new);
        return Reply.array(Reply.bulk(MASTER), Reply.integer(shippable), Reply.array(replicas));
    }

    private static List<PeerReport> replicas(boolean readOnly, List<PeerReport> peers) {
        return readOnly
                ? List.of()
                : peers.stream().filter(PeerReport::isStreaming).toList();
    }

    private static Optional<PeerReport> master(List<PeerReport> peers) {
        return peers.stream()
                .filter(peer -> peer.isStreaming() && !peer.readOnly())
                .findFirst();
    }

    private static String replica(PeerReport peer) {
        return "ip=" + peer.host() + ",port=" + peer.port() + ",state=online,offset=" + peer.received() + ",lag="
                + wholeSeconds(peer.contactMillisAgo());
    }

    private static String peer(PeerReport peer) {
        return "id=" + peer.node() + ",addr=" + peer.address() + ",state=" + peer.state() + ",member=" + peer.member()
                + ",role=" + (peer.readOnly() ? SLAVE : MASTER) + ",lag_bytes=" + peer.lagBytes() + ",lag_seconds="
                + seconds(peer.lagMillis()) + ",last_contact_ms=" + peer.contactMillisAgo() + ",horizon_seconds="
                + seconds(peer.horizonMillisBehind()) + ",ahead_seconds=" + seconds(peer.aheadMillis());
    }

    private static long wholeSeconds(long millis) {
        return millis < 0 ? -1 : millis / Deadlines.MILLIS_PER_SECOND;
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.3f", millis / (double) Deadlines.MILLIS_PER_SECOND);
    }
}
