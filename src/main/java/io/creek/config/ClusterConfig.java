package io.creek.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a node meets its peers, and how it finds them; a node without peers has none of it. Immutable.
 *
 * @param host to bind to and to tell the peers: a name, an IPv4 address or an IPv6 address without brackets
 * @param clusterPort of the cluster manager, by which nodes find each other
 * @param busPort of the event bus, which carries their messages
 * @param peers may name this node itself; empty with a {@code dnsName}
 * @param dnsName whose addresses are those of all nodes, which then have the same cluster port
 * @param tls of the event bus; only a node on the loopback, or one that is told to be insecure, does without
 */
public record ClusterConfig(
        String host,
        int clusterPort,
        int busPort,
        List<PeerAddress> peers,
        Optional<String> dnsName,
        Optional<BusTls> tls) {

    /**
     * PEM files: whoever has a certificate of the authority is a node of this cluster, so it has no other use.
     *
     * @param certificate of this node, with those between it and the authority
     * @param key of the certificate, in PKCS#8
     * @param authority that issued the certificates of all nodes
     */
    public record BusTls(Path certificate, Path key, Path authority) {}

    /** Empty when there is no peer to be found. */
    static Optional<ClusterConfig> of(CheckedValues values, HostPort serverAddress) {
        List<PeerAddress> peers = values.get(Setting.PEER_NODES);
        Optional<String> dnsName = dnsName(values, peers);
        Optional<BusTls> tls = tls(values);
        if (peers.isEmpty() && values.get(Setting.PEER_DISCOVERY) == PeerDiscovery.NONE) {
            return Optional.empty();
        }
        String host = host(values, serverAddress);
        boolean open = !new HostPort(host, 0).isLoopback();
        if (open && tls.isEmpty() && !values.get(Setting.INSECURE)) {
            values.refuse(
                    Setting.CLUSTER_ADDRESS,
                    "beyond the loopback whoever reaches the bus_port may read and write everything: expected"
                            + " bus_tls_certificate, bus_tls_key and bus_tls_ca ('make certs' makes such files), or"
                            + " insecure = true");
        }
        int clusterPort = port(values, Setting.CLUSTER_PORT, serverAddress, PeerAddress.CLUSTER_PORT_OFFSET);
        int busPort = port(values, Setting.BUS_PORT, serverAddress, PeerAddress.BUS_PORT_OFFSET);
        int metricsPort = values.get(Setting.METRICS_PORT);
        values.requireOtherPort(Setting.CLUSTER_PORT, clusterPort, "the server's", serverAddress.port());
        values.requireOtherPort(Setting.CLUSTER_PORT, clusterPort, "the metrics_port", metricsPort);
        values.requireOtherPort(Setting.BUS_PORT, busPort, "the server's", serverAddress.port());
        values.requireOtherPort(Setting.BUS_PORT, busPort, "the metrics_port", metricsPort);
        values.requireOtherPort(Setting.BUS_PORT, busPort, "the cluster_port", clusterPort);
        return Optional.of(new ClusterConfig(host, clusterPort, busPort, peers, dnsName, tls));
    }

    private static Optional<String> dnsName(CheckedValues values, List<PeerAddress> peers) {
        Optional<String> dnsName = values.get(Setting.PEER_DNS);
        if (values.get(Setting.PEER_DISCOVERY) == PeerDiscovery.NONE) {
            if (dnsName.isPresent()) {
                values.refuse(Setting.PEER_DNS, "expected peer_discovery = dns with it, actual none");
            }
            return Optional.empty();
        }
        if (dnsName.isEmpty()) {
            values.refuse(Setting.PEER_DISCOVERY, "expected the peers' DNS name in peer_dns, actual none");
        }
        if (!peers.isEmpty()) {
            values.refuse(Setting.PEER_NODES, "expected none beside peer_discovery = dns: peers are found in one way");
        }
        return dnsName;
    }

    private static Optional<BusTls> tls(CheckedValues values) {
        List<Setting<Optional<Path>>> settings =
                List.of(Setting.BUS_TLS_CERTIFICATE, Setting.BUS_TLS_KEY, Setting.BUS_TLS_CA);
        List<Path> files =
                settings.stream().flatMap(each -> values.get(each).stream()).toList();
        if (files.isEmpty()) {
            return Optional.empty();
        }
        if (files.size() < settings.size()) {
            settings.stream()
                    .filter(each -> values.get(each).isEmpty())
                    .forEach(each -> values.refuse(
                            each, "expected a file: bus_tls_certificate, bus_tls_key and bus_tls_ca belong together"));
            return Optional.empty();
        }
        return Optional.of(new BusTls(files.get(0), files.get(1), files.get(2)));
    }

    /** Peers are told this address, so it has to be one: not that of all interfaces. */
    private static String host(CheckedValues values, HostPort serverAddress) {
        Optional<String> said = values.get(Setting.CLUSTER_ADDRESS);
        String host = said.orElse(serverAddress.host());
        if (HostPort.isAnyAddress(host)) {
            values.refuse(
                    Setting.CLUSTER_ADDRESS,
                    said.isPresent()
                            ? "expected one address of this machine, by which the peers reach it"
                            : "expected one address of this machine, by which the peers reach it: server_address = %s is all of them"
                                    .formatted(serverAddress));
            return "localhost";
        }
        return host;
    }

    private static int port(
            CheckedValues values, Setting<Optional<Integer>> setting, HostPort serverAddress, int offset) {
        Optional<Integer> said = values.get(setting);
        if (said.isPresent()) {
            return said.get();
        }
        @Nullable Integer port = serverAddress.port() == 0 ? null : PeerAddress.portAt(serverAddress, offset);
        if (port == null) {
            values.refuse(
                    setting,
                    "expected a port, 1 to %d: the server's, %d, leaves none at %d above it"
                            .formatted(HostPort.PORT_MAX, serverAddress.port(), offset));
            return 0;
        }
        return port;
    }
}
