package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arguments, exit codes, and nodes that answer as a node should and as it should not. */
final class DumpCommandTest {
    private static final long NOW_MILLIS = 1_000_000;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return run(out, arguments);
    }

    private int run(OutputStream output, String... arguments) {
        CliContext context = new CliContext(
                InputStream.nullInputStream(),
                output,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                false,
                Map.of(),
                () -> Instant.ofEpochMilli(NOW_MILLIS),
                new Random(1));
        return CreekCommand.run(
                context, Stream.concat(Stream.of("dump"), Stream.of(arguments)).toArray(String[]::new));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void badFlagsAreRefused() {
        assertThat(run("--port", "0")).isEqualTo(2);
        assertThat(run("--port")).isEqualTo(2);
        assertThat(run("--tls", "--backup", "monday.creek")).isEqualTo(2);
        assertThat(run("--port", "8080", "-fsync", "always")).isEqualTo(2);
        assertThat(run("-shards", "no")).isEqualTo(2);
        assertThat(run("--horizon", "10")).isEqualTo(2);
        assertThat(run("--all", "--horizon", "ten")).isEqualTo(2);
        assertThat(run("-data_store_directory", directory.resolve("nowhere").toString()))
                .isEqualTo(2);
        assertThat(err().lines())
                .hasSize(8)
                .allMatch(line -> line.startsWith("creek: "))
                .satisfies(lines -> {
                    assertThat(lines.get(0)).contains("--port: expected 1 to 65535, actual 0");
                    assertThat(lines.get(1)).contains("--port: expected a value");
                    assertThat(lines.get(2))
                            .contains("--backup: expected without --port")
                            .contains("localhost:8080");
                    assertThat(lines.get(3)).contains("-fsync").contains("with one dash");
                    assertThat(lines.get(4)).contains("shards");
                    assertThat(lines.get(5)).contains("--horizon: expected with --all");
                    assertThat(lines.get(6))
                            .contains("--horizon: expected hexadecimal digits")
                            .contains("actual ten");
                    assertThat(lines.get(7)).contains("nowhere: no such directory");
                });
        assertThat(out()).isEmpty();
    }

    @Test
    void anEmptyDirectoryIsAnEmptyDumpAndStaysEmpty() throws IOException {
        assertThat(run("-data_store_directory", directory.toString())).isZero();
        assertThat(out()).isEmpty();
        assertThat(err()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aNodeThatIsNotThereIsSaidToBeSo() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThat(run("--port", "" + port, "--host", "127.0.0.1")).isEqualTo(1);
        assertThat(err())
                .startsWith("creek: 127.0.0.1:" + port + ": no dump from there: ")
                .hasLineCount(1);
    }

    @Test
    void aNodeIsDumpedPageByPageAndWhatComesTwiceIsDumpedOnceAsItWasLast() throws Exception {
        List<String> asked = new ArrayList<>();
        int exit = dump(
                asked,
                List.of(
                        page("77", entry("b", "$3\r\nold\r\n", 0, 16), entry("a", "$1\r\n1\r\n", 0, 17)),
                        page("0", entry("b", "$3\r\nnew\r\n", NOW_MILLIS + 1, 18))));
        assertThat(err()).isEmpty();
        assertThat(exit).isZero();
        assertThat(asked).containsExactly("ENTRIES 0 COUNT 256", "ENTRIES 77 COUNT 256");
        assertThat(out())
                .isEqualTo("{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"new\",\"deadline\":1000001}\n");
    }

    @Test
    void tombstonesAndExpiredKeysAreShownWithAllOnly() throws Exception {
        String page = page("0", entry("a", "$-1\r\n", 0, 16), entry("b", "$1\r\n1\r\n", NOW_MILLIS, 17));
        assertThat(dump(new ArrayList<>(), List.of(page))).isZero();
        assertThat(out()).isEmpty();
        assertThat(dump(new ArrayList<>(), List.of(page), "--all")).isZero();
        assertThat(out().lines())
                .containsExactly(
                        "{\"key\":\"a\",\"tombstone\":true,\"version\":\"0000000000000010@0000000000000007\"}",
                        "{\"key\":\"b\",\"tombstone\":true,\"deadline\":1000000,\"version\":\"0000000000000011@0000000000000007\"}");
    }

    @Test
    void aHorizonIsTheFirstLineAndLeavesOutWhatMayBeForgottenUnderIt() throws Exception {
        long clock = NOW_MILLIS << 16;
        String page = page("%016x".formatted(clock), "0", new String[] {
            entry("a", "$-1\r\n", 0, clock), entry("b", "$1\r\n1\r\n", NOW_MILLIS, 17), entry("c", "$1\r\n1\r\n", 0, 18)
        });
        assertThat(dump(new ArrayList<>(), List.of(page), "--all")).isZero();
        assertThat(out().lines()).hasSize(4).first().isEqualTo("{\"horizon\":\"0000000f42400000\"}");
        out.reset();
        assertThat(dump(new ArrayList<>(), List.of(page), "--all", "--horizon", "%x".formatted(clock - 1)))
                .isZero();
        assertThat(out().lines()).hasSize(4).first().isEqualTo("{\"horizon\":\"0000000f423fffff\"}");
        out.reset();
        assertThat(dump(new ArrayList<>(), List.of(page), "--all", "--horizon", "%x".formatted(clock)))
                .isZero();
        assertThat(out().lines())
                .containsExactly(
                        "{\"horizon\":\"0000000f42400000\"}",
                        "{\"key\":\"c\",\"value\":\"1\",\"version\":\"0000000000000012@0000000000000007\"}");
        out.reset();
        assertThat(dump(new ArrayList<>(), List.of(page))).isZero();
        assertThat(out()).isEqualTo("{\"key\":\"c\",\"value\":\"1\"}\n");
    }

    @Test
    void aNodeThatRefusesIsQuoted() throws Exception {
        assertThat(dump(new ArrayList<>(), List.of("-LOADING the node is recovering\r\n")))
                .isEqualTo(1);
        assertThat(err()).contains("LOADING the node is recovering").hasLineCount(1);
        assertThat(out()).isEmpty();
    }

    @Test
    void aNodeThatStopsMidwayMakesNoDump() throws Exception {
        String page = page("5", entry("a", "$1\r\n1\r\n", 0, 16));
        assertThat(dump(new ArrayList<>(), List.of(page))).isEqualTo(1);
        assertThat(err()).contains("the node closed the connection");
        assertThat(out()).isEmpty();
    }

    @Test
    void anOutputThatFailsIsToldAndOneThatIsReadNoMoreIsNot() throws Exception {
        String page = page("0", entry("a", "$1\r\n1\r\n", 0, 16));
        assertThat(dump(failing("Broken pipe"), new ArrayList<>(), List.of(page)))
                .isZero();
        assertThat(err()).isEmpty();
        assertThat(dump(failing("No space left on device"), new ArrayList<>(), List.of(page)))
                .isEqualTo(1);
        assertThat(err()).isEqualTo("creek: dump: cannot be written: No space left on device\n");
    }

    @Test
    void theOutputMayBeAFile() throws Exception {
        Path file = directory.resolve("dump.jsonl");
        String page = page("0", entry("a", "$1\r\n1\r\n", 0, 16));
        assertThat(dump(new ArrayList<>(), List.of(page), "--output", file.toString()))
                .isZero();
        assertThat(file).hasContent("{\"key\":\"a\",\"value\":\"1\"}");
        assertThat(out()).isEmpty();
        assertThat(dump(new ArrayList<>(), List.of(page("0", entry("b", "$1\r\n2\r\n", 0, 16))), "--output", "" + file))
                .isZero();
        assertThat(file).hasContent("{\"key\":\"b\",\"value\":\"2\"}");
        assertThat(directory.resolve("dump.jsonl.part")).doesNotExist();
        Path nowhere = directory.resolve("nowhere").resolve("dump.jsonl");
        assertThat(dump(new ArrayList<>(), List.of(page), "--output=" + nowhere))
                .isEqualTo(1);
        assertThat(err()).isEqualTo("creek: dump: cannot be written: " + nowhere + ": no such directory\n");
        assertThat(Files.exists(nowhere)).isFalse();
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }

    /** @param value as in RESP, its end of line included */
    private static String entry(String key, String value, long deadlineMillis, long clock) {
        String text = "%02x@07".formatted(clock);
        String version = "$" + text.length() + "\r\n" + text + "\r\n";
        return "*5\r\n$1\r\n" + key + "\r\n" + value + ":" + deadlineMillis + "\r\n" + version + version;
    }

    private static String page(String cursor, String... entries) {
        return page("0000000000000000", cursor, entries);
    }

    private static String page(String horizon, String cursor, String[] entries) {
        return "*3\r\n$" + cursor.length() + "\r\n" + cursor + "\r\n*" + entries.length + "\r\n"
                + String.join("", entries) + "$16\r\n" + horizon + "\r\n";
    }

    private int dump(List<String> asked, List<String> replies, String... arguments) throws Exception {
        return dump(out, asked, replies, arguments);
    }

    /** Dumps a node that gives these replies to one connection and then closes it. */
    private int dump(OutputStream output, List<String> asked, List<String> replies, String... arguments)
            throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
                try (Socket client = server.accept()) {
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
                    for (String reply : replies) {
                        asked.add(request(in));
                        client.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            List<String> all = new ArrayList<>(List.of("--port", "" + server.getLocalPort(), "--host", "127.0.0.1"));
            all.addAll(List.of(arguments));
            int exit = run(output, all.toArray(String[]::new));
            served.join();
            return exit;
        }
    }

    private static String request(BufferedReader in) throws IOException {
        int arguments = Integer.parseInt(in.readLine().substring(1));
        List<String> words = new ArrayList<>();
        for (int i = 0; i < arguments; i++) {
            in.readLine();
            words.add(in.readLine());
        }
        return String.join(" ", words);
    }
}
