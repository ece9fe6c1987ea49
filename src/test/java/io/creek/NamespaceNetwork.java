package io.creek;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A network namespace for each node, on a bridge in the namespace of this JVM, which {@link #command} has made for it: what goes between nodes
 * reaches nothing else, and is dropped, lost or refused as a test says, by nftables, in one direction or both.
 *
 * <p>A process that only waits holds the namespace of each node, so that a killed node's connections are answered by its machine. It ends with this
 * JVM, and then the kernel removes everything: nothing is left behind, however this JVM ends. One thread at a time.
 */
final class NamespaceNetwork implements NodeNetwork {
    private static final String OWN_NETWORK = "creek.ownNetwork";
    private static final String BRIDGE = "creek0";
    private static final int PORT = 8080;
    private static final int COMMAND_SECONDS_MAX = 20;

    private final List<Process> holders = new ArrayList<>();

    private NamespaceNetwork() {}

    /** Whether this JVM is in a network namespace of its own. */
    static boolean isInside() {
        return Boolean.getBoolean(OWN_NETWORK);
    }

    /**
     * Why there can be none here; empty when there can.
     *
     * @param tool a command that has to succeed as well
     */
    static Optional<String> missing(String... tool) {
        List<List<String>> commands = new ArrayList<>(List.of(
                List.of("ip", "-V"), List.of("nft", "-v"), List.of("nsenter", "-V"), own(List.of("ip", "link"))));
        if (tool.length > 0) {
            commands.add(List.of(tool));
        }
        for (List<String> command : commands) {
            try {
                run(command);
            } catch (UncheckedIOException | IllegalStateException e) {
                return Optional.of("no network namespaces here: " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** A command line that runs a main class of the tests, as this JVM is run, within a network namespace of its own. */
    static List<String> command(Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                "-Dcreek.fatJar=" + System.getProperty("creek.fatJar"),
                "-D" + OWN_NETWORK + "=true",
                main.getName()));
        command.addAll(arguments);
        return own(command);
    }

    private static List<String> own(List<String> command) {
        List<String> all = new ArrayList<>(List.of("unshare", "--net"));
        if (!"root".equals(System.getProperty("user.name"))) {
            all.addAll(List.of("--user", "--map-root-user"));
        }
        all.addAll(command);
        return all;
    }

    /** Only in a JVM that was started by {@link #command}. */
    static NamespaceNetwork open(int nodes) {
        if (!isInside()) {
            throw new IllegalStateException("expected a network namespace of this JVM's own, actual none");
        }
        NamespaceNetwork network = new NamespaceNetwork();
        run(words("ip link set lo up"));
        run(words("ip link add " + BRIDGE + " type bridge"));
        run(words("ip addr add " + address(0) + "/24 dev " + BRIDGE));
        run(words("ip link set " + BRIDGE + " up"));
        for (int node = 0; node < nodes; node++) {
            network.add(node);
        }
        return network;
    }

    private void add(int node) {
        try {
            // Reads what never comes, until this JVM ends.
            holders.add(new ProcessBuilder("unshare", "--net", "cat")
                    .redirectErrorStream(true)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException("unshare", e);
        }
        awaitNamespace(node);
        run(words("ip link add node%d type veth peer name eth0 netns %d"
                .formatted(node, holders.get(node).pid())));
        run(words("ip link set node%d master %s up".formatted(node, BRIDGE)));
        within(node, "ip link set lo up");
        within(node, "ip addr add " + host(node) + "/24 dev eth0");
        within(node, "ip link set eth0 up");
        heal(node);
    }

    /** The holder is in this JVM's namespace until it has left it. */
    private void awaitNamespace(int node) {
        for (int i = 0; i < 1_000; i++) {
            String links = run(inside(node, words("ip -o link")));
            if (!links.contains(BRIDGE)) {
                return;
            }
            pauseMillis(10);
        }
        throw new IllegalStateException("node " + node + " has no network namespace of its own");
    }

    private static String address(int last) {
        return "10.77.0." + (last + 1);
    }

    @Override
    public int nodes() {
        return holders.size();
    }

    @Override
    public String host(int node) {
        return address(node + 1);
    }

    @Override
    public int port(int node) {
        return PORT;
    }

    @Override
    public List<String> prefix(int node) {
        return List.of("nsenter", "--net=/proc/" + holders.get(node).pid() + "/ns/net");
    }

    @Override
    public List<String> flags(int node) {
        return List.of("-server_address", host(node) + ":" + PORT, "-insecure", "true");
    }

    @Override
    public String peers(int node) {
        return IntStream.range(0, nodes())
                .filter(peer -> peer != node)
                .mapToObj(peer -> host(peer) + ":" + PORT)
                .collect(Collectors.joining(","));
    }

    /** What the one sends does not reach the other. */
    void cut(int from, int to) {
        rule(to, "ip saddr " + host(from) + " drop");
    }

    /** Of what the one sends, so many percent do not reach the other. */
    void lose(int from, int to, int percent) {
        rule(to, "ip saddr " + host(from) + " numgen random mod 100 < " + percent + " drop");
    }

    /** Connections of the one to the other, those that are open too, are reset by their next packet. */
    void reset(int from, int to) {
        rule(to, "ip saddr " + host(from) + " meta l4proto tcp reject with tcp reset");
    }

    private void rule(int node, String rule) {
        within(node, "nft add rule inet creek in " + rule);
    }

    /** Everything reaches everyone again. */
    void heal() {
        for (int node = 0; node < nodes(); node++) {
            heal(node);
        }
    }

    private void heal(int node) {
        within(node, "nft add table inet creek");
        within(node, "nft add chain inet creek in { type filter hook input priority 0 ; }");
        within(node, "nft flush chain inet creek in");
    }

    /** Runs a command in the namespace of the node, and answers what it has printed. */
    String within(int node, String command) {
        return run(inside(node, words(command)));
    }

    List<String> inside(int node, List<String> command) {
        List<String> all = new ArrayList<>(prefix(node));
        all.addAll(command);
        return all;
    }

    private static List<String> words(String command) {
        return Arrays.asList(command.split(" "));
    }

    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + ": did not end");
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said.trim());
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(String.join(" ", command) + ": interrupted", e);
        }
    }

    private static void pauseMillis(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        holders.forEach(Process::destroyForcibly);
    }
}
