package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data directories that are in use, cut short or changed: what the operator is told, and what is served all the same. */
class DamageIT {
    private static final int KEYS = 200;
    private static final int FRAME_STEP = 16;

    @TempDir
    private Path directory;

    @Test
    void aSecondProcessOnTheDirectoryIsRefused() throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess first = start(port)) {
            first.awaitListening(port);
            try (ServerProcess second = start(ServerProcess.freePort())) {
                assertThat(second.awaitExit()).isEqualTo(3);
                assertThat(second.err())
                        .startsWith("creek: ")
                        .contains("data", "in use")
                        .doesNotContain("\tat ");
            }
            try (RespClient client = RespClient.connect(port)) {
                assertThat(client.call("PING")).isEqualTo("PONG");
            }
        }
    }

    @Test
    void aByteChangedBelowTheDurableMarkStopsTheStartAndIsNamed() throws Exception {
        write("-fsync", "always");
        Path segment = newestSegment();
        long offset = end(segment) / 2;
        change(segment, offset, (byte) 0x40);

        try (ServerProcess creek = start(ServerProcess.freePort())) {
            assertThat(creek.awaitExit()).isEqualTo(3);
            assertThat(creek.err())
                    .startsWith("creek: ")
                    .contains(String.valueOf(segment.getFileName()), "expected", "actual")
                    .doesNotContain("\tat ");
        }
        assertThat(check(3)).contains("damaged: ", String.valueOf(segment.getFileName()), "creek check --repair");
        assertThat(check(0, "--repair")).contains("aside");
        assertThat(check(0)).contains("sound");
        int port = ServerProcess.freePort();
        try (ServerProcess creek = start(port).awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            assertThat(creek.isAlive()).isTrue();
            assertThat((Long) client.call("DBSIZE")).isBetween(KEYS - 2L, (long) KEYS);
            assertThat(client.call("GET", "key0")).isEqualTo("value0");
        }
    }

    @Test
    void aCheckOfASoundDirectorySaysSoAndChangesNothing() throws Exception {
        write("-fsync", "always");
        long end = end(newestSegment());
        assertThat(check(0)).contains("whole frames", "sound");
        assertThat(end(newestSegment())).isEqualTo(end);
        assertThat(check(2, "-data_store_directory", "nowhere")).contains("nowhere: no such directory");
    }

    /** What {@code creek check} prints, on both outputs. */
    private String check(int exitCode, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("check"));
        all.addAll(List.of(arguments));
        if (!all.contains("-data_store_directory")) {
            all.addAll(List.of("-data_store_directory", "data"));
        }
        try (ServerProcess creek = ServerProcess.start(directory, Map.of(), all.toArray(String[]::new))) {
            assertThat(creek.awaitExit()).as("%s%s", creek.out(), creek.err()).isEqualTo(exitCode);
            return creek.out() + creek.err();
        }
    }

    @Test
    void aCutTailThatWasNeverSyncedIsCutWithALogLine() throws Exception {
        write("-fsync", "no");
        Path segment = newestSegment();
        long end = end(segment);
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(FRAME_STEP * 2), end - FRAME_STEP);
        }
        int port = ServerProcess.freePort();
        try (ServerProcess creek = start(port)) {
            creek.awaitListening(port);
            assertThat(creek.err()).contains("cut an unsynced tail", String.valueOf(segment.getFileName()));
            try (RespClient client = RespClient.connect(port)) {
                assertThat(client.call("GET", "key0")).isEqualTo("value0");
                assertThat(client.call("DBSIZE")).isEqualTo(KEYS - 1L);
            }
        }
    }

    /** Writes keys and kills the server, so that nothing was synced but what the setting says. */
    private void write(String... settings) throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess creek = start(port, settings)) {
            creek.awaitListening(port);
            try (RespClient client = RespClient.connect(port)) {
                for (int i = 0; i < KEYS; i++) {
                    assertThat(client.call("SET", "key" + i, "value" + i)).isEqualTo("OK");
                }
            }
        }
    }

    private ServerProcess start(int port, String... settings) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("-port", String.valueOf(port), "-data_store_directory", "data", "-shards", "1"));
        arguments.addAll(List.of(settings));
        return ServerProcess.start(directory, Map.of(), arguments.toArray(String[]::new));
    }

    private Path newestSegment() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("data").resolve("log"))) {
            return files.filter(DamageIT::isUsed)
                    .sorted()
                    .reduce((older, newer) -> newer)
                    .orElseThrow();
        }
    }

    private static boolean isUsed(Path segment) {
        try {
            return end(segment) > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    private static void change(Path file, long offset, byte bits) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ bits));
            channel.write(one.flip(), offset);
        }
    }
}
