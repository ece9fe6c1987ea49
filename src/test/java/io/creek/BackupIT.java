package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code creek backup} and {@code creek restore}, of and into servers. */
@Timeout(300)
class BackupIT {
    private static final int WRITERS = 4;
    private static final int LARGE_VALUES = 40;
    private static final int TRIES = 20;
    /** By then the backup has been taken. */
    private static final long SOON_MILLIS = 10_000;

    /** Far below what a taker may be silent for. */
    private static final long IDLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern LINE = Pattern.compile("\\{\"key\":\"([^\"]*)\",\"value\":\"([^\"]*)\".*");

    @TempDir
    private Path directory;

    private int port;
    private Path file;

    @BeforeEach
    void choosePort() throws IOException {
        port = ServerProcess.freePort();
        file = directory.resolve("monday.creek");
    }

    /** Writes one key after the other, each when the one before was acknowledged, and pairs of keys in one command. */
    private static final class Writer extends Thread {
        private final String name;
        private final int port;
        private final AtomicBoolean stop;
        private volatile long issued;
        private volatile long acknowledged;

        Writer(String name, int port, AtomicBoolean stop) {
            super(name);
            this.name = name;
            this.port = port;
            this.stop = stop;
        }

        @Override
        public void run() {
            // Over two connections, which are served by different loops.
            try (RespClient one = RespClient.connect(port);
                    RespClient other = RespClient.connect(port)) {
                for (long i = 1; !stop.get(); i++) {
                    RespClient client = i % 2 == 0 ? one : other;
                    String number = String.valueOf(i);
                    issued = i;
                    if (i % 5 == 0) {
                        client.call("MSET", "left:" + name, number, "right:" + name, number, name + ":" + i, number);
                    } else if (i % 7 == 0) {
                        client.call("SET", name + ":" + i, number, "EX", "10000");
                    } else {
                        client.call("SET", name + ":" + i, number);
                    }
                    client.call("SET", "last:" + name, number);
                    acknowledged = i;
                }
            }
        }
    }

    @Test
    void aBackupUnderLoadIsOneMomentOfTheLogAndIsRestoredAsItWas() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        String backup;
        try (ServerProcess creek = start("data", "-shards", "2", "-event_loops", "2")) {
            List<Writer> writers = IntStream.range(0, WRITERS)
                    .mapToObj(number -> new Writer("w" + number, port, stop))
                    .toList();
            writers.forEach(Thread::start);
            Awaitility.await().atMost(PATIENCE).until(() -> writers.stream().allMatch(w -> w.acknowledged > 500));
            Map<String, Long> before =
                    writers.stream().collect(Collectors.toMap(writer -> writer.name, writer -> writer.acknowledged));
            String said = creek("backup", "--port", "" + port, "--output", file.toString());
            assertThat(said)
                    .matches("(?s).*monday.creek: [0-9]+ entries, [0-9]+ bytes, up to [0-9]+:[0-9]+ of node .*");
            Map<String, Long> after =
                    writers.stream().collect(Collectors.toMap(writer -> writer.name, writer -> writer.issued));
            stop.set(true);
            for (Writer writer : writers) {
                writer.join();
            }
            backup = creek("dump", "--backup", file.toString());
            Map<String, String> held = held(backup);
            for (Writer writer : writers) {
                requirePrefix(
                        writer.name,
                        held,
                        Objects.requireNonNull(before.get(writer.name)),
                        Objects.requireNonNull(after.get(writer.name)));
            }
            assertThat(creek.isAlive()).isTrue();
        }
        String versions = creek("dump", "--all", "--backup", file.toString());
        String alive = versions.lines()
                .filter(line -> !line.contains("\"tombstone\":true"))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        assertThat(creek("restore", file.toString(), "-data_store_directory", "elsewhere"))
                .contains("elsewhere: ")
                .contains(" entries of ");
        assertThat(creek("dump", "-data_store_directory", "elsewhere")).isEqualTo(backup);
        for (int start = 0; start < 2; start++) {
            try (ServerProcess creek = start("elsewhere", "-shards", "3");
                    RespClient client = RespClient.connect(port)) {
                assertThat(creek("dump", "--all", "--port", "" + port)).isEqualTo(alive);
                assertThat(client.call("SET", "key", "of the new node")).isEqualTo("OK");
                assertThat(client.call("DEL", "key")).isEqualTo(1L);
                assertThat(creek.isAlive()).isTrue();
            }
        }
    }

    /** What a writer wrote up to some moment, between those two, and nothing of after. */
    private static void requirePrefix(String name, Map<String, String> held, long least, long most) {
        long last = held.keySet().stream()
                .filter(key -> key.startsWith(name + ":"))
                .mapToLong(key -> Long.parseLong(key.substring(name.length() + 1)))
                .max()
                .orElse(0);
        assertThat(last).as(name).isBetween(least, most);
        for (long i = 1; i <= last; i++) {
            assertThat(held).containsEntry(name + ":" + i, String.valueOf(i));
        }
        String pair = String.valueOf(last / 5 * 5);
        assertThat(held).containsEntry("left:" + name, pair).containsEntry("right:" + name, pair);
        assertThat(held.get("last:" + name)).isIn(String.valueOf(last), String.valueOf(last - 1));
    }

    private static Map<String, String> held(String dump) {
        Map<String, String> held = new HashMap<>();
        for (String line : dump.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            held.put(matcher.group(1), matcher.group(2));
        }
        return held;
    }

    @Test
    void aBackupThatIsKilledLeavesNoFile() throws Exception {
        try (ServerProcess creek = start("data");
                RespClient client = RespClient.connect(port)) {
            for (int i = 0; i < LARGE_VALUES; i++) {
                client.call("SET", "large" + i, ("" + i).repeat(700_000));
            }
            Path part = directory.resolve("monday.creek.part");
            boolean killed = false;
            for (int attempt = 0; attempt < TRIES && !killed; attempt++) {
                try (ServerProcess backup = process("backup", "-p", "" + port, "--output", file.toString())) {
                    Awaitility.await()
                            .pollInterval(Duration.ofMillis(1))
                            .atMost(PATIENCE)
                            .until(() -> Files.exists(part) || Files.exists(file));
                    creek.signal("STOP");
                    assertThat(backup.pid()).isPositive();
                } finally {
                    creek.signal("CONT");
                }
                killed = !Files.exists(file);
                if (!killed) {
                    assertThat(creek("dump", "--backup", file.toString()).lines())
                            .hasSize(LARGE_VALUES);
                    Files.delete(file);
                }
            }
            assertThat(killed).as("killed within").isTrue();
            assertThat(client.call("GET", "large3")).isEqualTo("3".repeat(700_000));
            long begunNanos = System.nanoTime();
            creek("backup", "-p", "" + port, "--output", file.toString());
            assertThat(System.nanoTime() - begunNanos)
                    .as("of the other nothing is left")
                    .isLessThan(IDLE_NANOS_MAX);
            assertThat(part).doesNotExist();
            assertThat(creek("dump", "--backup", file.toString()).lines()).hasSize(LARGE_VALUES);
        }
    }

    @Test
    void whoComesSecondIsToldWhoIsFirstAndCanEndThat() throws Exception {
        try (ServerProcess creek = start("data");
                RespClient first = RespClient.connect(port);
                RespClient other = RespClient.connect(port)) {
            first.call("SET", "key", "value");
            assertThat(first.call("BACKUP", "BEGIN")).isInstanceOf(List.class);
            try (ServerProcess backup = process("backup", "-p", "" + port, "--output", file.toString())) {
                assertThat(backup.awaitExit()).isEqualTo(1);
                assertThat(backup.err())
                        .contains("a backup is being taken already, over connection " + first.call("CLIENT", "ID"))
                        .hasLineCount(1);
            }
            assertThat(other.call("CLIENT", "KILL", "ID", "" + first.call("CLIENT", "ID")))
                    .isEqualTo(1L);
            creek("backup", "-p", "" + port, "--output", file.toString());
            assertThat(creek.isAlive()).isTrue();
        }
    }

    @Test
    void aNodeThatIsKilledMeanwhileLeavesNoFileEither() throws Exception {
        ServerProcess creek = start("data");
        try (RespClient client = RespClient.connect(port)) {
            for (int i = 0; i < LARGE_VALUES; i++) {
                client.call("SET", "large" + i, ("" + i).repeat(700_000));
            }
        }
        try (ServerProcess backup = process("backup", "-p", "" + port, "--output", file.toString())) {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(directory.resolve("monday.creek.part")) || Files.exists(file));
            creek.close();
            int exit = backup.awaitExit();
            if (exit == 0) {
                assertThat(creek("dump", "--backup", file.toString()).lines()).hasSize(LARGE_VALUES);
            } else {
                assertThat(exit).isEqualTo(1);
                assertThat(backup.err()).contains("no backup from there").hasLineCount(1);
                assertThat(file).doesNotExist();
                assertThat(directory.resolve("monday.creek.part")).doesNotExist();
            }
        }
    }

    @Test
    void aRunningNodeTakesABackupAsNewWritesUnlessItHasAKeyOfIt() throws Exception {
        long laterMillis = System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1);
        try (ServerProcess creek = start("data");
                RespClient client = RespClient.connect(port)) {
            client.call("SET", "a", "1");
            client.call("SET", "lasting", "2", "PXAT", "" + laterMillis);
            client.call("SET", "empty", "");
            for (int i = 0; i < 5_000; i++) {
                client.call("SET", "key" + i, "value" + i);
            }
            long soonMillis = System.currentTimeMillis() + SOON_MILLIS;
            client.call("SET", "soon", "3", "PXAT", "" + soonMillis);
            creek("backup", "--port", "" + port, "--output", file.toString());
            String expected = creek("dump", "--port", "" + port);
            Awaitility.await().atMost(PATIENCE).until(() -> System.currentTimeMillis() > soonMillis);
            client.call("FLUSHALL");
            assertThat(creek("restore", file.toString(), "--port", "" + port))
                    .contains("5003 keys of ", "1 left out, whose deadline has passed");
            assertThat(creek("dump", "--port", "" + port))
                    .isEqualTo(expected.replaceAll("\\{\"key\":\"soon\".*\n", ""));
            assertThat(client.call("PEXPIRETIME", "lasting")).isEqualTo(laterMillis);
            client.call("FLUSHALL");
            client.call("SET", "key7", "mine");
            client.call("SET", "other", "mine");
            try (ServerProcess restore = process("restore", file.toString(), "--port", "" + port)) {
                assertThat(restore.awaitExit()).isEqualTo(1);
                assertThat(restore.err())
                        .contains("has 1 key: \"key7\"", "Nothing was written", "--replace")
                        .hasLineCount(1);
            }
            assertThat(client.call("DBSIZE")).isEqualTo(2L);
            assertThat(creek("restore", "--replace", file.toString(), "--port", "" + port))
                    .contains("5003 keys of ");
            assertThat(client.call("GET", "key7")).isEqualTo("value7");
            assertThat(client.call("DBSIZE")).isEqualTo(5_004L);
            assertThat(creek.isAlive()).isTrue();
        }
    }

    /** All nodes of a cluster were lost: one is restored, and the others come empty. */
    @Test
    void aRestoredNodeFillsNodesThatAreEmpty() throws Exception {
        try (ServerProcess creek = start("data");
                RespClient client = RespClient.connect(port)) {
            for (int i = 0; i < 2_000; i++) {
                client.call("SET", "key" + i, "value" + i);
            }
            creek("backup", "--port", "" + port, "--output", file.toString());
            assertThat(creek.isAlive()).isTrue();
        }
        creek("restore", file.toString(), "-data_store_directory", "node0");
        try (NodeNetwork network = LoopbackNetwork.of(2);
                ClusterNodes nodes = new ClusterNodes(directory, network, List.of())) {
            nodes.start(0);
            nodes.awaitServing(0);
            nodes.start(1);
            nodes.awaitServing(1);
            nodes.eventually(1, 2_000L, "DBSIZE");
            assertThat(nodes.call(1, "SET", "key7", "new")).isEqualTo("OK");
            nodes.eventually(0, "new", "GET", "key7");
            nodes.endEqual();
        }
    }

    @Test
    void whatIsWrongIsSaid() throws Exception {
        try (ServerProcess creek = start("data", "-requirepass", "secret")) {
            refused(1, "NOAUTH", "backup", "-p", "" + port, "--output", file.toString());
            Map<String, String> password = Map.of("CREEK_PASSWORD", "secret");
            try (ServerProcess backup = process(password, "backup", "-p", "" + port, "--output", file.toString())) {
                assertThat(backup.awaitExit()).as(backup.err()).isZero();
            }
            refused(
                    2,
                    "exists; name another file, or --force replaces it",
                    "backup",
                    "-p",
                    "" + port,
                    "--output",
                    file + "");
            refused(1, "no such directory", password, "backup", "-p", "" + port, "--output", "nowhere/file");
            assertThat(creek.isAlive()).isTrue();
        }
        refused(1, "no backup from there", "backup", "-p", "" + port, "--force", "--output", file.toString());
        assertThat(file).exists();
        refused(2, "--output", "backup", "-p", "" + port);
        refused(3, "expected an empty one", "restore", file.toString(), "-data_store_directory", "data");
        refused(2, "expected where to", "restore", file.toString());
        refused(2, "actual both", "restore", file.toString(), "-port", "8099", "--port", "8099");
        refused(2, "expected one backup, actual none", "restore", "-port", "8099");
        refused(2, "--replace: expected with --port", "restore", "--replace", file.toString(), "-port", "8099");
        refused(2, "no such file", "restore", "nothing.creek", "-port", "8099");
        refused(2, "--backup: expected without", "dump", "--backup", file.toString(), "-port", "8099");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        refused(3, "end of file at ", "restore", file.toString(), "-data_store_directory", "elsewhere");
        refused(3, "end of file at ", "dump", "--backup", file.toString());
    }

    private void refused(int exitCode, String problem, String... arguments) throws Exception {
        refused(exitCode, problem, Map.of(), arguments);
    }

    private void refused(int exitCode, String problem, Map<String, String> environment, String... arguments)
            throws Exception {
        try (ServerProcess refused = process(environment, arguments)) {
            assertThat(refused.awaitExit()).as(refused.err()).isEqualTo(exitCode);
            assertThat(refused.err()).startsWith("creek: ").contains(problem).hasLineCount(1);
            assertThat(refused.out()).isEmpty();
        }
    }

    private ServerProcess start(String data, String... settings) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-port", "" + port, "-data_store_directory", data));
        arguments.addAll(List.of(settings));
        return ServerProcess.start(directory, Map.of(), arguments.toArray(String[]::new))
                .awaitListening(port);
    }

    private ServerProcess process(String... arguments) throws IOException {
        return process(Map.of(), arguments);
    }

    private ServerProcess process(Map<String, String> environment, String... arguments) throws IOException {
        return ServerProcess.start(directory, environment, arguments);
    }

    /** What a subcommand prints that succeeds. */
    private String creek(String... arguments) throws Exception {
        try (ServerProcess creek = process(arguments)) {
            assertThat(creek.awaitExit()).as(creek.err()).isZero();
            return creek.out();
        }
    }
}
