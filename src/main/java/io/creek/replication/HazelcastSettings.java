package io.creek.replication;

import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperty;
import io.creek.config.ClusterConfig;
import io.creek.config.PeerAddress;
import java.net.InetAddress;

/**
 * What Hazelcast is told. Its own defaults look for members by multicast, listen on every interface, load any class that a stranger
 * names and report to their maker: none of them is left to it.
 *
 * <p>Always holds: one address is bound, members are those that are named and those that know them, and only the protocol between members
 * is spoken. Stateless.
 */
final class HazelcastSettings {

    /** A member that is silent for so long is taken off the list; one whose process has ended is within a second. */
    static final int SILENT_MEMBER_SECONDS = 10;

    private static final String CLUSTER_NAME = "creek";

    /** Of an address where nobody answers at all. A node whose peers are away waits this long at its start. */
    private static final int CONNECT_SECONDS = 2;

    /** In which peers that start at the same time wait for one that was there before; then they agree on one. */
    private static final int FIRST_SECONDS = 1;

    /** Between two looks for other clusters, after a partition or when all started at once. */
    private static final int MERGE_SECONDS = 5;

    /** Well within the time that a node has to stop. */
    private static final int LEAVE_SECONDS = 3;

    /** Of a call to a member; whoever just died, or is frozen, is not to hold up the others for longer. */
    private static final int CALL_MILLIS = 5_000;

    /** Nothing lies in them; the same number on all nodes. */
    private static final int PARTITIONS = 31;

    private HazelcastSettings() {}

    /** @param address of this machine that {@code cluster} names */
    static Config of(ClusterConfig cluster, InetAddress address) {
        Config config = new Config();
        config.setClusterName(CLUSTER_NAME);
        config.setLicenseKey("");
        properties(config, address);
        network(config, cluster, address);
        config.getSerializationConfig()
                .setJavaSerializationFilterConfig(new JavaSerializationFilterConfig().setDefaultsDisabled(true));
        config.getJetConfig().setEnabled(false);
        config.getMetricsConfig().setEnabled(false);
        config.getIntegrityCheckerConfig().setEnabled(false);
        return config;
    }

    private static void properties(Config config, InetAddress address) {
        // The one interface: that of a list of interfaces would also have to match the peers' names.
        config.setProperty("hazelcast.local.localAddress", address.getHostAddress());
        set(config, ClusterProperty.SOCKET_BIND_ANY, "false");
        set(config, ClusterProperty.PREFER_IPv4_STACK, String.valueOf(address.getAddress().length == 4));
        set(config, ClusterProperty.PHONE_HOME_ENABLED, "false");
        set(config, ClusterProperty.LOGGING_TYPE, "slf4j");
        set(config, ClusterProperty.SHUTDOWNHOOK_ENABLED, "false");
        set(config, ClusterProperty.DISCOVERY_SPI_PUBLIC_IP_ENABLED, "false");
        set(config, ClusterProperty.WAIT_SECONDS_BEFORE_JOIN, 0);
        set(config, ClusterProperty.SOCKET_CONNECT_TIMEOUT_SECONDS, CONNECT_SECONDS);
        set(config, ClusterProperty.HEARTBEAT_INTERVAL_SECONDS, 1);
        set(config, ClusterProperty.MAX_NO_HEARTBEAT_SECONDS, SILENT_MEMBER_SECONDS);
        set(config, ClusterProperty.MASTERSHIP_CLAIM_TIMEOUT_SECONDS, SILENT_MEMBER_SECONDS);
        set(config, ClusterProperty.MERGE_FIRST_RUN_DELAY_SECONDS, MERGE_SECONDS);
        set(config, ClusterProperty.MERGE_NEXT_RUN_DELAY_SECONDS, MERGE_SECONDS);
        set(config, ClusterProperty.GRACEFUL_SHUTDOWN_MAX_WAIT, LEAVE_SECONDS);
        set(config, ClusterProperty.OPERATION_CALL_TIMEOUT_MILLIS, CALL_MILLIS);
        set(config, ClusterProperty.PARTITION_COUNT, PARTITIONS);
        set(config, ClusterProperty.IO_THREAD_COUNT, 1);
        set(config, ClusterProperty.PARTITION_OPERATION_THREAD_COUNT, 2);
        set(config, ClusterProperty.GENERIC_OPERATION_THREAD_COUNT, 2);
        set(config, ClusterProperty.RESPONSE_THREAD_COUNT, 1);
        set(config, ClusterProperty.EVENT_THREAD_COUNT, 1);
    }

    private static void set(Config config, HazelcastProperty property, int value) {
        set(config, property, String.valueOf(value));
    }

    private static void set(Config config, HazelcastProperty property, String value) {
        config.setProperty(property.getName(), value);
    }

    private static void network(Config config, ClusterConfig cluster, InetAddress address) {
        // The simple network configuration would also serve Hazelcast's clients, REST and memcache on the members'
        // port.
        config.getAdvancedNetworkConfig()
                .setEnabled(true)
                .setMemberEndpointConfig(new ServerSocketEndpointConfig()
                        .setPort(cluster.clusterPort())
                        .setPortAutoIncrement(false)
                        .setReuseAddress(true)
                        .setSocketConnectTimeoutSeconds(CONNECT_SECONDS));
        // It is not used then; but should it ever be.
        withoutDiscovery(config.getNetworkConfig().getJoin());
        JoinConfig join = withoutDiscovery(config.getAdvancedNetworkConfig().getJoin());
        if (cluster.dnsName().isPresent()) {
            join.getKubernetesConfig()
                    .setEnabled(true)
                    .setProperty("service-dns", cluster.dnsName().get())
                    .setProperty("service-dns-timeout", String.valueOf(CONNECT_SECONDS))
                    .setProperty("service-port", String.valueOf(cluster.clusterPort()));
        } else {
            TcpIpConfig members = join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(FIRST_SECONDS);
            for (PeerAddress peer : cluster.peers()) {
                members.addMember(member(peer, address));
            }
        }
    }

    private static JoinConfig withoutDiscovery(JoinConfig join) {
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(false);
        return join;
    }

    private static String member(PeerAddress peer, InetAddress address) {
        String host = peer.client().host();
        if (host.equalsIgnoreCase("localhost") && address.isLoopbackAddress()) {
            // Which of the loopback addresses a name stands for is the system's to say, and we know which one we mean.
            host = address.getHostAddress();
        }
        return member(host, peer.clusterPort());
    }

    static String member(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
