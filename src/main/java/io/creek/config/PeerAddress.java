package io.creek.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a peer is reached.
 *
 * @param client its client address, by which the operator knows it
 * @param clusterPort its cluster manager's port, by default the client port + {@value #CLUSTER_PORT_OFFSET}
 * @param busPort its event bus' port, by default the client port + {@value #BUS_PORT_OFFSET}
 */
public record PeerAddress(HostPort client, int clusterPort, int busPort) {

    static final int CLUSTER_PORT_OFFSET = 10_000;
    static final int BUS_PORT_OFFSET = 20_000;

    /** Null when {@code text} is not a list of {@code host:port[@cluster[,bus]]}; an empty text is an empty list. */
    static @Nullable List<PeerAddress> parseList(String text) {
        List<PeerAddress> peers = new ArrayList<>();
        if (text.isEmpty()) {
            return peers;
        }
        String[] parts = text.split(",", -1);
        for (int i = 0; i < parts.length; i++) {
            String address = parts[i].strip();
            // The comma separates peers, but also a peer's two ports: a bare number belongs to the peer before it.
            boolean busFollows = address.contains("@") && i + 1 < parts.length && isNumber(parts[i + 1].strip());
            PeerAddress peer = parse(address, busFollows ? parts[++i].strip() : null);
            if (peer == null) {
                return null;
            }
            peers.add(peer);
        }
        return List.copyOf(peers);
    }

    private static @Nullable PeerAddress parse(String address, @Nullable String bus) {
        int at = address.indexOf('@');
        HostPort client = HostPort.parse(at < 0 ? address : address.substring(0, at), 1);
        if (client == null) {
            return null;
        }
        Integer clusterPort =
                at < 0 ? portAt(client, CLUSTER_PORT_OFFSET) : HostPort.port(address.substring(at + 1), 1);
        Integer busPort = bus == null ? portAt(client, BUS_PORT_OFFSET) : HostPort.port(bus, 1);
        return clusterPort == null || busPort == null ? null : new PeerAddress(client, clusterPort, busPort);
    }

    static @Nullable Integer portAt(HostPort client, int offset) {
        int port = client.port() + offset;
        return port > HostPort.PORT_MAX ? null : port;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
