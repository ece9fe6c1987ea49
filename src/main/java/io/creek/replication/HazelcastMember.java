package io.creek.replication;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.spi.properties.ClusterProperty;
import io.creek.config.ClusterConfig;
import io.creek.config.HostPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as a member of the cluster: owns the Hazelcast instance from the join to the end. One thread joins and closes.
 *
 * <p>A peer that takes connections and says nothing, as a frozen process does, keeps Hazelcast from deciding who is first. When that takes too
 * long, the member starts as a cluster of its own, and is merged with the others when they are found, like the parts of a network that was
 * parted.
 */
final class HazelcastMember {

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastMember.class);

    /** Of a start. Peers that take connections and say nothing are asked for 10 s besides, which is Hazelcast's own. */
    private static final int JOIN_SECONDS = 5;

    private final HazelcastInstance instance;
    private final BusMembers members;

    private HazelcastMember(HazelcastInstance instance) {
        this.instance = instance;
        members = new BusMembers(instance);
    }

    /**
     * Blocks for seconds when peers are away.
     *
     * @param bus where this process's event bus will be
     */
    static HazelcastMember join(ClusterConfig cluster, InetAddress address, HostPort bus) {
        try {
            return new HazelcastMember(start(settings(cluster, address, bus)));
        } catch (IllegalStateException e) {
            LOG.warn(
                    "no peer could be joined and some take connections without an answer: starting apart, to be merged");
            return new HazelcastMember(apart(cluster, address, bus));
        }
    }

    /**
     * Hazelcast gives itself as much time for every join, and ends for good when that is over. Here that means to start apart; but a member that
     * is being merged into another cluster, and loses it on the way, has to go on until it has found one, or is one.
     */
    private static HazelcastInstance start(Config config) {
        ClusterProperty.MAX_JOIN_SECONDS.setSystemProperty(String.valueOf(JOIN_SECONDS));
        try {
            return Hazelcast.newHazelcastInstance(config);
        } finally {
            ClusterProperty.MAX_JOIN_SECONDS.setSystemProperty(String.valueOf(Integer.MAX_VALUE));
        }
    }

    private static HazelcastInstance apart(ClusterConfig cluster, InetAddress address, HostPort bus) {
        Config config = settings(cluster, address, bus);
        JoinConfig join = config.getAdvancedNetworkConfig().getJoin();
        join.getKubernetesConfig().setEnabled(false);
        List<String> members = cluster.dnsName().isPresent()
                ? resolved(cluster.dnsName().get(), cluster.clusterPort())
                : List.copyOf(join.getTcpIpConfig().getMembers());
        join.getTcpIpConfig().setEnabled(true).clear();
        HazelcastInstance instance = start(config);
        // Hazelcast looks at the list each time that it looks for other clusters.
        join.getTcpIpConfig().setMembers(members);
        return instance;
    }

    private static List<String> resolved(String name, int port) {
        try {
            return Arrays.stream(InetAddress.getAllByName(name))
                    .map(found -> HazelcastSettings.member(found.getHostAddress(), port))
                    .toList();
        } catch (UnknownHostException e) {
            LOG.warn("peer_dns = {}: no addresses", name);
            return List.of();
        }
    }

    private static Config settings(ClusterConfig cluster, InetAddress address, HostPort bus) {
        Config config = HazelcastSettings.of(cluster, address);
        BusMembers.describe(config, bus);
        return config;
    }

    BusMembers members() {
        return members;
    }

    /** Says good-bye to the other members, after the Vert.x that used it was closed. */
    void leave() {
        instance.shutdown();
    }

    /** Ends as a process does that is killed. */
    void terminate() {
        instance.getLifecycleService().terminate();
    }
}
