package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two nodes on a network where every packet is kept, with a second interface that they were not told of: {@code BusPortMain directory}, in a
 * network namespace of its own. Ends with an exception when something is bound, or sent, that should not be.
 */
final class BusPortMain {
    private static final String UNTOLD = "10.78.0.1";

    private BusPortMain() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        try (NamespaceNetwork network = NamespaceNetwork.open(2);
                ClusterNodes nodes = new ClusterNodes(directory, network, List.of())) {
            network.within(0, "ip link add untold type veth peer name nobody");
            network.within(0, "ip link set nobody up");
            network.within(0, "ip addr add " + UNTOLD + "/24 dev untold");
            network.within(0, "ip link set untold up multicast on");
            network.within(0, "ip route add default dev untold");
            Path packets = directory.resolve("packets.txt");
            Process capture = capture(network, packets);
            try {
                nodes.start(0);
                nodes.start(1);
                nodes.awaitServing(0);
                nodes.awaitServing(1);
                assertThat(nodes.call(0, "SET", "user", "Alice")).isEqualTo("OK");
                nodes.eventually(1, "Alice", "GET", "user");
                checkSockets(network);
                nodes.kill(1);
                nodes.start(1);
                nodes.awaitServing(1);
                nodes.eventually(1, "Alice", "GET", "user");
            } finally {
                capture.destroy();
                capture.waitFor(20, TimeUnit.SECONDS);
            }
            checkPackets(Files.readString(packets));
        }
    }

    /** On all interfaces of the first node, but for what the kernels of the nodes and of the bridge say by themselves. */
    private static Process capture(NamespaceNetwork network, Path packets) throws Exception {
        Process capture = new ProcessBuilder(network.inside(
                        0,
                        List.of(
                                "tcpdump",
                                "-i",
                                "any",
                                "-n",
                                "-l",
                                "-p",
                                "(ip and not (igmp and src host 10.77.0.1)) or (ip6 and (tcp or udp))")))
                .redirectOutput(packets.toFile())
                .redirectError(new File(packets + ".err"))
                .start();
        for (int i = 0; i < 200 && !Files.readString(Path.of(packets + ".err")).contains("listening on"); i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(Files.readString(Path.of(packets + ".err"))).contains("listening on");
        return capture;
    }

    private static void checkSockets(NamespaceNetwork network) {
        // An IPv4 address, as a socket of IPv6 has it.
        List<String> listening = network.within(0, "ss -Hltn")
                .lines()
                .map(line -> line.replaceAll("\\[::ffff:([0-9.]+)]", "$1"))
                .toList();
        System.out.println(String.join("\n", listening));
        assertThat(listening)
                .as("sockets that listen")
                .hasSize(3)
                .anyMatch(line -> line.contains(network.host(0) + ":8080 "))
                .anyMatch(line -> line.contains(network.host(0) + ":18080 "))
                .anyMatch(line -> line.contains(network.host(0) + ":28080 "));
        assertThat(network.within(0, "ss -Hulnw"))
                .as("sockets without connections")
                .isEmpty();
        // Every Linux machine is a member of 224.0.0.1.
        assertThat(network.within(0, "ip -4 -o maddr show").lines())
                .as("groups joined")
                .allMatch(line -> line.contains("224.0.0.1"));
    }

    private static void checkPackets(String packets) {
        List<String> lines =
                packets.lines().filter(line -> line.contains(" IP")).toList();
        System.out.println(lines.size() + " packets");
        assertThat(lines).as("packets captured").hasSizeGreaterThan(50).anyMatch(line -> line.contains(".28080"));
        assertThat(lines)
                .as("packets to others than the nodes, their clients and this machine itself")
                .allMatch(line -> line.matches(".* IP 10\\.77\\.0\\.\\d+\\.\\d+ > 10\\.77\\.0\\.\\d+\\.\\d+: .*"));
    }
}
