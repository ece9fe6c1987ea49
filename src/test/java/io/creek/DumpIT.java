package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code creek dump} of directories that servers have left. */
@Timeout(300)
class DumpIT {
    private static final int MANY = 3_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The sweep has come by, long ago. */
    private static final long SWEEP_MILLIS = 1_000;

    private static final byte[] BINARY_KEY = {0, (byte) 0xff, '"', '\n'};
    private static final byte[] BINARY_VALUE = {(byte) 0x80, 0, 1, 2};

    @TempDir
    private Path directory;

    private int port;

    /** What a dump of the directory has to be: by key, without and with what makes a key last. */
    private final TreeMap<String, String> lines = new TreeMap<>();

    @BeforeEach
    void choosePort() throws IOException {
        port = ServerProcess.freePort();
    }

    @Test
    void isTheSameBeforeAndAfterKillRestartSnapshotAndAnotherNumberOfShards() throws Exception {
        String expected;
        String all;
        try (ServerProcess creek = start("-shards", "2");
                RespClient client = RespClient.connect(port)) {
            long soonMillis = fill(client);
            expected = String.join("", lines.values());
            while (System.currentTimeMillis() <= soonMillis + SWEEP_MILLIS) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertThat(dumpNode()).as("of the running node").isEqualTo(expected);
            all = dumpNode("--all");
            assertThat(creek.isAlive()).isTrue();
        }
        assertThat(dump(0)).as("after a kill").isEqualTo(expected);
        assertThat(dump(0, "--all")).as("versions after a kill").isEqualTo(all);
        restart("-shards", "2");
        assertThat(dump(0)).as("after a restart").isEqualTo(expected);
        try (ServerProcess creek = start("-shards", "1");
                RespClient client = RespClient.connect(port)) {
            assertThat(client.call("SAVE")).isEqualTo("OK");
            creek.terminate();
            assertThat(creek.awaitExit()).isZero();
        }
        assertThat(dump(0)).as("after a snapshot").isEqualTo(expected);
        try (ServerProcess creek = start("-shards", "5")) {
            assertThat(dumpNode()).as("of the running node with other shards").isEqualTo(expected);
            // A start recovers what has expired too; its first sweep comes within a second.
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(dumpNode("--all"))
                    .as("versions of it")
                    .isEqualTo(all));
            assertThat(creek.isAlive()).isTrue();
        }
        assertThat(dump(0)).as("with other shards").isEqualTo(expected);
        assertThat(dump(0, "--all")).as("versions").isEqualTo(all);
        assertThat(all.lines()).hasSameSizeAs(lines.values()).allMatch(line -> line.contains(",\"version\":\""));
        assertThat(all.lines().filter(line -> line.contains("\"expiryVersion\"")))
                .singleElement()
                .asString()
                .contains("\"key\":\"moved\"");
        Path file = directory.resolve("dump.jsonl");
        assertThat(dump(0, "--output", file.toString())).isEmpty();
        assertThat(file).content().isEqualTo(expected);
    }

    /** Keys of all kinds; answers when those that are to expire have done so. */
    private long fill(RespClient client) {
        for (int i = 0; i < MANY; i++) {
            assertThat(client.call("SET", "key" + i, "old")).isEqualTo("OK");
            assertThat(client.call("SET", "key" + i, "value" + i)).isEqualTo("OK");
            expect("key" + i, "\"value" + i + "\"", "");
        }
        assertThat(client.call(BINARY_COMMAND)).isEqualTo("OK");
        // It sorts before all that begin with a letter, as its line does not.
        lines.put(
                "\u0000",
                "{\"key64\":\"" + Base64.getEncoder().encodeToString(BINARY_KEY) + "\",\"value64\":\""
                        + Base64.getEncoder().encodeToString(BINARY_VALUE) + "\"}\n");
        client.call("SET", "empty", "");
        expect("empty", "\"\"", "");
        String big = "ab\\".repeat(70_000);
        client.call("SET", "big", big);
        expect("big", "\"" + big.replace("\\", "\\\\") + "\"", "");
        String bigKey = "k".repeat(40_000);
        client.call("SET", bigKey, "of a long key");
        expect(bigKey, "\"of a long key\"", "");
        client.call("SET", "umlaut", "ä日");
        expect("umlaut", "\"ä日\"", "");
        long laterMillis = System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1);
        client.call("SET", "lasting", "v", "PXAT", "" + laterMillis);
        expect("lasting", "\"v\"", ",\"deadline\":" + laterMillis);
        client.call("SET", "moved", "v");
        assertThat(client.call("PEXPIREAT", "moved", "" + laterMillis)).isEqualTo(1L);
        expect("moved", "\"v\"", ",\"deadline\":" + laterMillis);
        client.call("SET", "kept", "v", "EX", "1000");
        client.call("SET", "kept", "w");
        expect("kept", "\"w\"", "");
        for (int i = 0; i < MANY; i += 7) {
            assertThat(client.call("DEL", "key" + i)).isEqualTo(1L);
            lines.remove("key" + i);
        }
        long soonMillis = System.currentTimeMillis() + 300;
        client.call("SET", "expiring", "v", "PXAT", "" + soonMillis);
        client.call("PEXPIREAT", "key1", "" + soonMillis);
        lines.remove("key1");
        return soonMillis;
    }

    private static final byte[][] BINARY_COMMAND = {"SET".getBytes(StandardCharsets.US_ASCII), BINARY_KEY, BINARY_VALUE
    };

    private void expect(String key, String value, String deadline) {
        lines.put(key, "{\"key\":\"" + key + "\",\"value\":" + value + deadline + "}\n");
    }

    @Test
    void changesNotAByteAndLeavesAnUnsyncedTailWhereItIs() throws Exception {
        try (ServerProcess creek = start("-fsync", "no");
                RespClient client = RespClient.connect(port)) {
            client.call("SET", "a", "1");
            client.call("SAVE");
            client.call("SET", "b", "2");
            client.call("SET", "c", "3");
            assertThat(creek.isAlive()).isTrue();
        }
        Path segment = segment();
        long end = end(segment);
        write(segment, end - 16, new byte[] {1});
        Map<Path, ByteBuffer> before = contents();
        try (ServerProcess dump = process("-fsync", "no")) {
            assertThat(dump.awaitExit()).isZero();
            assertThat(dump.out()).isEqualTo("{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}\n");
            assertThat(dump.err())
                    .startsWith("creek: ")
                    .contains(String.valueOf(segment.getFileName()), "left out an unsynced tail")
                    .hasLineCount(1);
        }
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void refusesWhatAStartRefuses() throws Exception {
        try (ServerProcess creek = start("-fsync", "always");
                RespClient client = RespClient.connect(port)) {
            for (int i = 0; i < 100; i++) {
                client.call("SET", "key" + i, "value");
            }
            try (ServerProcess dump = process()) {
                assertThat(dump.awaitExit()).isEqualTo(3);
                assertThat(dump.out()).isEmpty();
                assertThat(dump.err())
                        .contains("is in use by process " + creek.pid(), "--port")
                        .hasLineCount(1);
            }
        }
        Path segment = segment();
        long middle = end(segment) / 2;
        write(segment, middle, new byte[] {0, 0, 0, 0, 0, 0, 0, 0});
        String said;
        try (ServerProcess creek = server()) {
            assertThat(creek.awaitExit()).isEqualTo(3);
            said = creek.err();
        }
        try (ServerProcess dump = process()) {
            assertThat(dump.awaitExit()).isEqualTo(3);
            assertThat(dump.out()).isEmpty();
            assertThat(dump.err())
                    .contains(String.valueOf(segment.getFileName()), "frame at ")
                    .isEqualTo(said);
        }
    }

    @Test
    void endsQuietlyWhenNobodyReadsOn() throws Exception {
        try (ServerProcess creek = start();
                RespClient client = RespClient.connect(port)) {
            for (int i = 0; i < 100; i++) {
                client.call("SET", "key" + i, "v".repeat(10_000));
            }
            assertThat(creek.isAlive()).isTrue();
        }
        String jar = Path.of(Objects.requireNonNull(System.getProperty("creek.fatJar")))
                .toAbsolutePath()
                .toString();
        String java = System.getProperty("java.home") + "/bin/java";
        Process pipe = new ProcessBuilder(
                        "sh",
                        "-c",
                        "{ '" + java + "' -Xmx128m -jar '" + jar
                                + "' dump -data_store_directory data 2>err.txt; echo $? >exit.txt; } | head -c 20")
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("head.txt").toFile())
                .start();
        assertThat(pipe.waitFor(ServerProcess.SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(directory.resolve("head.txt")).hasContent("{\"key\":\"key0\",\"value");
        assertThat(directory.resolve("exit.txt")).hasContent("0");
        assertThat(Files.readString(directory.resolve("err.txt")).lines())
                .noneMatch(line -> line.contains("creek") || line.contains("\tat "));
    }

    private ServerProcess server(String... settings) throws IOException {
        return ServerProcess.start(directory, Map.of(), arguments(List.of("-port", "" + port), settings));
    }

    private ServerProcess start(String... settings) throws IOException {
        return server(settings).awaitListening(port);
    }

    private void restart(String... settings) throws IOException {
        try (ServerProcess creek = start(settings)) {
            assertThat(creek.isAlive()).isTrue();
        }
    }

    private ServerProcess process(String... flags) throws IOException {
        return ServerProcess.start(directory, Map.of(), arguments(List.of("dump"), flags));
    }

    private String dump(int exitCode, String... flags) throws Exception {
        try (ServerProcess dump = process(flags)) {
            assertThat(dump.awaitExit()).as(dump.err()).isEqualTo(exitCode);
            assertThat(dump.err()).isEmpty();
            return dump.out();
        }
    }

    private String dumpNode(String... flags) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("dump", "--port", "" + port));
        arguments.addAll(List.of(flags));
        try (ServerProcess dump = ServerProcess.start(directory, Map.of(), arguments.toArray(String[]::new))) {
            assertThat(dump.awaitExit()).as(dump.err()).isZero();
            assertThat(dump.err()).isEmpty();
            return dump.out();
        }
    }

    private static String[] arguments(List<String> first, String... more) {
        return Stream.of(first, List.of("-data_store_directory", "data"), List.of(more))
                .flatMap(List::stream)
                .toArray(String[]::new);
    }

    private Map<Path, ByteBuffer> contents() throws IOException {
        Map<Path, ByteBuffer> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, ByteBuffer.wrap(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    private Path segment() throws IOException {
        List<Path> used = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("data").resolve("log"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                if (end(file) > 64) {
                    used.add(file);
                }
            }
        }
        return used.get(used.size() - 1);
    }

    /** Behind the last byte that is not zero. */
    private static long end(Path segment) throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private static void write(Path file, long offset, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), offset);
        }
    }
}
