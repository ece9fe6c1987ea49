package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterConfigTest {

    private static final Machine MACHINE = new Machine(4, 2L << 30, 1L << 30);

    @Test
    void withoutPeersThereIsNone() {
        assertThat(config().cluster()).isEmpty();
        assertThat(config("cluster_port", "1", "bus_port", "2", "cluster_address", "10.0.0.1")
                        .cluster())
                .isEmpty();
    }

    @Test
    void portsFollowTheServersAndTheHostIsItsOwn() {
        assertThat(cluster("server_address", "127.0.0.1:8082", "peer_nodes", "localhost:8080"))
                .isEqualTo(new ClusterConfig(
                        "127.0.0.1",
                        18_082,
                        28_082,
                        List.of(new PeerAddress(new HostPort("localhost", 8080), 18_080, 28_080)),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void portsAndHostMayBeSaid() {
        ClusterConfig said = cluster(
                "peer_nodes", "a:1", "cluster_port", "5", "bus_port", "6", "cluster_address", "127.0.0.2", "port", "0");

        assertThat(said.host()).isEqualTo("127.0.0.2");
        assertThat(said.clusterPort()).isEqualTo(5);
        assertThat(said.busPort()).isEqualTo(6);
    }

    @Test
    void aServerOnAllAddressesIsKnownByTheOneThatPeersReach() {
        String[] open = {"insecure", "true", "server_address", "0.0.0.0:8081"};
        String[] met = {
            "insecure", "true", "server_address", "[::]:8081", "peer_nodes", "a:1", "cluster_address", "fd00::1"
        };
        String[] one = {"server_address", "127.0.0.1:8081", "peer_nodes", "a:1", "cluster_address", "127.0.0.2"};

        assertThat(config(open).clientAddress()).hasToString("0.0.0.0:8081");
        assertThat(config(met).clientAddress()).hasToString("[fd00::1]:8081");
        assertThat(config(one).clientAddress()).hasToString("127.0.0.1:8081");
    }

    @Test
    void portsThatThereAreNotAreRefused() {
        assertThat(problems("peer_nodes", "a:1", "port", "50000"))
                .containsExactly(
                        "bus_port = : expected a port, 1 to 65535: the server's, 50000, leaves none at 20000 above it");
        assertThat(problems("peer_nodes", "a:1", "port", "0"))
                .containsExactly(
                        "cluster_port = : expected a port, 1 to 65535: the server's, 0, leaves none at 10000 above it",
                        "bus_port = : expected a port, 1 to 65535: the server's, 0, leaves none at 20000 above it");
        assertThat(config("port", "50000").cluster()).isEmpty();
    }

    @Test
    void onePortServesOnePurpose() {
        assertThat(problems("peer_nodes", "a:1", "cluster_port", "7", "bus_port", "7"))
                .containsExactly("bus_port = 7: expected another port than the cluster_port, actual 7 for both");
        assertThat(problems("peer_nodes", "a:1", "cluster_port", "8080"))
                .containsExactly("cluster_port = 8080: expected another port than the server's, actual 8080 for both");
        assertThat(problems("peer_nodes", "a:1", "bus_port", "8080"))
                .containsExactly("bus_port = 8080: expected another port than the server's, actual 8080 for both");
        assertThat(problems("peer_nodes", "a:1", "bus_port", "9121"))
                .containsExactly("bus_port = 9121: expected another port than the metrics_port, actual 9121 for both");
        assertThat(problems("peer_nodes", "a:1", "cluster_port", "7", "metrics_port", "7"))
                .containsExactly("cluster_port = 7: expected another port than the metrics_port, actual 7 for both");
        assertThat(problems("port", "7", "metrics_port", "7"))
                .containsExactly("metrics_port = 7: expected another port than the server's, actual 7 for both");
        assertThat(problems("port", "9121"))
                .containsExactly("metrics_port = 9121: expected another port than the server's, actual 9121 for both");
        assertThat(config("port", "0", "metrics_port", "0").admin().address()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0"})
    void allAddressesAreNoAddress(String any) {
        assertThat(problems("peer_nodes", "a:1", "cluster_address", any))
                .containsExactly("cluster_address = " + any
                        + ": expected one address of this machine, by which the peers reach it");
    }

    @Test
    void aServerOnAllAddressesHasToSayOne() {
        assertThat(problems("peer_nodes", "a:1", "server_address", "0.0.0.0:8080", "insecure", "true"))
                .containsExactly(
                        "cluster_address = : expected one address of this machine, by which the peers reach it:"
                                + " server_address = 0.0.0.0:8080 is all of them");
    }

    @Test
    void beyondTheLoopbackItTakesCertificatesOrInsecure() {
        String[] open = {"peer_nodes", "a:1", "cluster_address", "10.0.0.1"};

        assertThat(problems(open))
                .containsExactly(
                        "cluster_address = 10.0.0.1: beyond the loopback whoever reaches the bus_port may read and write"
                                + " everything: expected bus_tls_certificate, bus_tls_key and bus_tls_ca ('make certs' makes"
                                + " such files), or insecure = true");
        assertThat(config(with(open, "insecure", "true")).cluster()).isPresent();
        assertThat(config(with(open, "bus_tls_certificate", "c", "bus_tls_key", "k", "bus_tls_ca", "a"))
                        .cluster()
                        .flatMap(ClusterConfig::tls))
                .contains(new ClusterConfig.BusTls(Path.of("c"), Path.of("k"), Path.of("a")));
    }

    @Test
    void certificateKeyAndAuthorityBelongTogether() {
        assertThat(problems("peer_nodes", "a:1", "bus_tls_key", "k"))
                .containsExactly(
                        "bus_tls_certificate = : expected a file: bus_tls_certificate, bus_tls_key and bus_tls_ca belong"
                                + " together",
                        "bus_tls_ca = : expected a file: bus_tls_certificate, bus_tls_key and bus_tls_ca belong together");
    }

    @Test
    void peersAreFoundInOneWay() {
        assertThat(cluster("peer_discovery", "dns", "peer_dns", "creek.svc").dnsName())
                .contains("creek.svc");
        assertThat(problems("peer_discovery", "dns"))
                .containsExactly("peer_discovery = dns: expected the peers' DNS name in peer_dns, actual none");
        assertThat(problems("peer_dns", "creek.svc"))
                .containsExactly("peer_dns = creek.svc: expected peer_discovery = dns with it, actual none");
        assertThat(problems("peer_discovery", "dns", "peer_dns", "creek.svc", "peer_nodes", "a:1"))
                .containsExactly(
                        "peer_nodes = a:1: expected none beside peer_discovery = dns: peers are found in one way");
    }

    private static String[] with(String[] some, String... others) {
        return java.util.stream.Stream.of(some, others)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
    }

    private static ClusterConfig cluster(String... settings) {
        return config(settings).cluster().orElseThrow();
    }

    private static CreekConfig config(String... settings) {
        JsonObject raw = new JsonObject();
        for (int i = 0; i < settings.length; i += 2) {
            raw.put(settings[i], settings[i + 1]);
        }
        return CreekConfig.of(RawSettings.of(raw), MACHINE);
    }

    private static List<String> problems(String... settings) {
        return Objects.requireNonNull(catchThrowableOfType(StartupException.class, () -> config(settings)))
                .problems();
    }
}
