package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a cluster on a network, each with a data directory {@code node0}, {@code node1}… of its own that outlives it. One thread
 * starts and ends them; any may ask.
 */
final class ClusterNodes implements AutoCloseable {
    /** A node that was just started on a machine that is busy may take long to answer. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int LOGGED_LINES_MAX = 20;
    private static final Map<String, String> FLAGS =
            Map.of("-join_timeout", "3", "-store_max_bytes", "64MiB", "-log_segment_bytes", "1MiB");

    private final Path directory;
    private final NodeNetwork network;
    private final List<Path> planted;
    private final @Nullable ServerProcess[] nodes;

    /** @param planted directories of classes that take the place of the jar's */
    ClusterNodes(Path directory, NodeNetwork network, List<Path> planted) {
        this.directory = directory;
        this.network = network;
        this.planted = planted;
        this.nodes = new ServerProcess[network.nodes()];
    }

    int count() {
        return nodes.length;
    }

    /** @param more flags, which stand for the usual ones of the same name */
    ServerProcess start(int i, String... more) throws IOException {
        return start(i, List.of(), Arrays.asList(more));
    }

    /** @param wrapper what the command line begins with, as {@code faketime} */
    ServerProcess start(int i, List<String> wrapper, List<String> more) throws IOException {
        List<String> arguments = new ArrayList<>(network.flags(i));
        FLAGS.forEach((flag, value) -> {
            if (!more.contains(flag)) {
                arguments.addAll(List.of(flag, value));
            }
        });
        arguments.addAll(List.of("-data_store_directory", "node" + i));
        arguments.addAll(more);
        List<String> command = new ArrayList<>(network.prefix(i));
        command.addAll(wrapper);
        command.addAll(ServerProcess.command(planted, arguments));
        ServerProcess node = ServerProcess.start(directory, Map.of("PEER_NODES", network.peers(i)), command);
        nodes[i] = node;
        return node;
    }

    ServerProcess node(int i) {
        return Objects.requireNonNull(nodes[i], () -> "node " + i + " was never started");
    }

    /** {@code kill -9}. */
    void kill(int i) {
        node(i).close();
    }

    Path data(int i) {
        return directory.resolve("node" + i);
    }

    int port(int i) {
        return network.port(i);
    }

    RespClient connect(int i, int timeoutMillis) {
        return RespClient.connect(network.host(i), network.port(i), timeoutMillis);
    }

    @Nullable
    Object call(int i, String... words) {
        try (RespClient client = connect(i, TIMEOUT_MILLIS)) {
            return client.call(words);
        }
    }

    /** Answers, as long as it says nothing else than that it is alive. */
    void awaitListening(int i) {
        await("node " + i + " listens", () -> "PONG".equals(callIfThere(i, "PING")));
    }

    /** Listens, and has what its peers hold, or found none. */
    void awaitServing(int i) {
        await("node " + i + " serves", () -> callIfThere(i, "DBSIZE") instanceof Long);
    }

    /** Null as well while nobody listens. */
    @Nullable
    Object callIfThere(int i, String... words) {
        if (!node(i).isAlive()) {
            throw new AssertionError("node " + i + " has ended: " + node(i).err());
        }
        try {
            return call(i, words);
        } catch (UncheckedIOException e) {
            return null;
        }
    }

    void eventually(int i, @Nullable Object expected, String... words) {
        await(String.join(" ", words) + " at node " + i, () -> Objects.equals(call(i, words), expected));
    }

    /** A failure shows what the nodes have logged last. */
    private void await(String what, Callable<Boolean> condition) {
        try {
            Awaitility.await(what)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + lastLogged(), e);
        }
    }

    String lastLogged() {
        StringBuilder logged = new StringBuilder();
        for (int i = 0; i < nodes.length; i++) {
            ServerProcess node = nodes[i];
            if (node != null) {
                List<String> lines = node.err().lines().toList();
                logged.append("%nnode %d:%n  ".formatted(i))
                        .append(String.join(
                                "\n  ", lines.subList(Math.max(0, lines.size() - LOGGED_LINES_MAX), lines.size())));
            }
        }
        return logged.toString();
    }

    /** What {@code creek dump --all} prints of the running node. */
    String dump(int i) throws IOException, InterruptedException {
        List<String> arguments =
                List.of("dump", "--all", "--host", network.host(i), "--port", String.valueOf(network.port(i)));
        try (ServerProcess dump =
                ServerProcess.start(directory, Map.of(), ServerProcess.command(List.of(), arguments))) {
            int code = dump.awaitExit();
            if (code != 0) {
                throw new IOException("dump of node " + i + ": exit code " + code + ": " + dump.err());
            }
            return dump.out();
        }
    }

    /** The dumps of all nodes, taken at the same time, without the tombstones that one of them may have dropped already. */
    List<ClusterDump> dumps() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(nodes.length);
        try {
            List<Future<String>> texts = new ArrayList<>();
            for (int i = 0; i < nodes.length; i++) {
                int node = i;
                texts.add(pool.submit(() -> dump(node)));
            }
            List<ClusterDump> dumps = new ArrayList<>();
            for (Future<String> text : texts) {
                dumps.add(ClusterDump.parse(text.get()));
            }
            long horizon = dumps.stream().mapToLong(ClusterDump::horizon).max().orElse(0);
            return dumps.stream().map(dump -> dump.above(horizon)).toList();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : e;
        } finally {
            pool.shutdownNow();
        }
    }

    /** The dump of all once all have the same; empty when they have not within the time. */
    Optional<ClusterDump> awaitEqual(Duration atMost) throws Exception {
        long giveUpNanos = System.nanoTime() + atMost.toNanos();
        do {
            List<ClusterDump> dumps = dumps();
            if (dumps.stream().allMatch(dumps.get(0)::equals)) {
                return Optional.of(dumps.get(0));
            }
            Thread.sleep(200);
        } while (System.nanoTime() < giveUpNanos);
        return Optional.empty();
    }

    void endEqual() throws Exception {
        assertThat(awaitEqual(PATIENCE))
                .as("all nodes have the same within %s", PATIENCE)
                .isPresent();
    }

    /** {@code kill -9} to all that live. */
    @Override
    public void close() {
        for (ServerProcess node : nodes) {
            if (node != null) {
                node.close();
            }
        }
    }
}
