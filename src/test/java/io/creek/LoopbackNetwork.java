package io.creek;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** All nodes on the loopback interface of this machine, on ports that were free. Nothing between them can be broken. Immutable. */
final class LoopbackNetwork implements NodeNetwork {
    private static final int PORTS = 3;

    private final int[] ports;

    private LoopbackNetwork(int[] ports) {
        this.ports = ports;
    }

    /** Chooses all ports at once, so that none is given twice. */
    static LoopbackNetwork of(int nodes) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < PORTS * nodes; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        int[] ports = sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return new LoopbackNetwork(ports);
    }

    @Override
    public int nodes() {
        return ports.length / PORTS;
    }

    @Override
    public String host(int node) {
        return "127.0.0.1";
    }

    @Override
    public int port(int node) {
        return ports[PORTS * node];
    }

    private int clusterPort(int node) {
        return ports[PORTS * node + 1];
    }

    private int busPort(int node) {
        return ports[PORTS * node + 2];
    }

    @Override
    public List<String> prefix(int node) {
        return List.of();
    }

    @Override
    public List<String> flags(int node) {
        return List.of(
                "-port", "" + port(node), "-cluster_port", "" + clusterPort(node), "-bus_port", "" + busPort(node));
    }

    @Override
    public String peers(int node) {
        return IntStream.range(0, nodes())
                .filter(peer -> peer != node)
                .mapToObj(peer -> "localhost:%d@%d,%d".formatted(port(peer), clusterPort(peer), busPort(peer)))
                .collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        // The ports are free when the processes have ended.
    }
}
