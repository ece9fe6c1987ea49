package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.ProtocolType;
import io.creek.config.ClusterConfig;
import io.creek.config.HostPort;
import io.creek.config.PeerAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HazelcastSettingsTest {

    private static final byte[] ADDRESS = {10, 0, 0, 1};

    @Test
    void nobodyIsLookedForButThoseThatAreNamed() throws UnknownHostException {
        Config config = HazelcastSettings.of(ofPeers("localhost", "other"), InetAddress.getByAddress(ADDRESS));

        for (JoinConfig join : List.of(
                config.getAdvancedNetworkConfig().getJoin(),
                config.getNetworkConfig().getJoin())) {
            assertThat(join.getMulticastConfig().isEnabled()).isFalse();
            assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
            assertThat(join.getAwsConfig().isEnabled()).isFalse();
            assertThat(join.getAzureConfig().isEnabled()).isFalse();
            assertThat(join.getGcpConfig().isEnabled()).isFalse();
            assertThat(join.getEurekaConfig().isEnabled()).isFalse();
            assertThat(join.getKubernetesConfig().isEnabled()).isFalse();
        }
        assertThat(config.getNetworkConfig().getJoin().getTcpIpConfig().isEnabled())
                .isFalse();
        assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().getMembers())
                .containsExactly("localhost:18080", "other:18080");
        assertThat(config.getProperty("hazelcast.discovery.enabled")).isNull();
        assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    }

    @Test
    void oneAddressAndOnePortAreListenedOnForMembersAlone() throws UnknownHostException {
        Config config = HazelcastSettings.of(ofPeers("other"), InetAddress.getByAddress(ADDRESS));

        assertThat(config.getProperty("hazelcast.local.localAddress")).isEqualTo("10.0.0.1");
        assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
        assertThat(config.getAdvancedNetworkConfig().isEnabled()).isTrue();
        assertThat(config.getAdvancedNetworkConfig().getEndpointConfigs()).containsOnlyKeys(EndpointQualifier.MEMBER);
        ServerSocketEndpointConfig endpoint = Objects.requireNonNull((ServerSocketEndpointConfig)
                config.getAdvancedNetworkConfig().getEndpointConfigs().get(EndpointQualifier.MEMBER));
        assertThat(endpoint.getProtocolType()).isEqualTo(ProtocolType.MEMBER);
        assertThat(endpoint.getPort()).isEqualTo(18_081);
        assertThat(endpoint.isPortAutoIncrement()).isFalse();
    }

    @Test
    void noClassThatAStrangerNamesIsLoaded() throws UnknownHostException {
        Config config = HazelcastSettings.of(ofPeers("other"), InetAddress.getByAddress(ADDRESS));

        var filter = config.getSerializationConfig().getJavaSerializationFilterConfig();
        assertThat(filter.isDefaultsDisabled()).isTrue();
        assertThat(filter.getWhitelist().isListed("java.lang.String")).isFalse();
        assertThat(config.getJetConfig().isEnabled()).isFalse();
    }

    @Test
    void localhostIsTheLoopbackAddressThatIsBound() {
        Config config = HazelcastSettings.of(ofPeers("localhost"), InetAddress.getLoopbackAddress());

        assertThat(config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().getMembers())
                .containsExactly(InetAddress.getLoopbackAddress().getHostAddress() + ":18080");
    }

    @Test
    void aHeadlessServiceNamesMembersByItsAddresses() throws UnknownHostException {
        ClusterConfig cluster =
                new ClusterConfig("10.0.0.1", 18_081, 28_081, List.of(), Optional.of("creek.svc"), Optional.empty());

        JoinConfig join = HazelcastSettings.of(cluster, InetAddress.getByAddress(ADDRESS))
                .getAdvancedNetworkConfig()
                .getJoin();

        assertThat(join.getTcpIpConfig().isEnabled()).isFalse();
        assertThat(join.getMulticastConfig().isEnabled()).isFalse();
        assertThat(join.getKubernetesConfig().isEnabled()).isTrue();
        assertThat(join.getKubernetesConfig().getProperties())
                .containsEntry("service-dns", "creek.svc")
                .containsEntry("service-port", "18081");
    }

    private static ClusterConfig ofPeers(String... hosts) {
        List<PeerAddress> peers = Arrays.stream(hosts)
                .map(host -> new PeerAddress(new HostPort(host, 8080), 18_080, 28_080))
                .toList();
        return new ClusterConfig("10.0.0.1", 18_081, 28_081, peers, Optional.empty(), Optional.empty());
    }
}
