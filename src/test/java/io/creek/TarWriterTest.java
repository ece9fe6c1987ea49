package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TarWriterTest {
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    private byte[] written() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Path content = Files.writeString(directory.resolve("content"), "x".repeat(513));
        try (TarWriter tar = new TarWriter(out, TIME)) {
            tar.directory("data", 0755, 10_001);
            tar.directory("tmp", 01777, 0);
            tar.file("data/program", 0755, content);
            tar.file("data/empty", new byte[0]);
            tar.link("data/link", "../tmp");
        }
        return out.toByteArray();
    }

    /** As GNU tar reads it. */
    @Test
    void tarReadsWhatWasPutIn() throws Exception {
        Path archive = Files.write(directory.resolve("archive.tar"), written());
        ProcessBuilder builder = new ProcessBuilder(
                        "tar", "--list", "--verbose", "--numeric-owner", "--utc", "--file", archive.toString())
                .redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process tar = builder.start();
        List<String> lines = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceAll(" +", " "))
                .toList();

        assertThat(lines)
                .containsExactly(
                        "drwxr-xr-x 10001/10001 0 2026-01-01 00:00 data/",
                        "drwxrwxrwt 0/0 0 2026-01-01 00:00 tmp/",
                        "-rwxr-xr-x 0/0 513 2026-01-01 00:00 data/program",
                        "-rw-r--r-- 0/0 0 2026-01-01 00:00 data/empty",
                        "lrwxrwxrwx 0/0 0 2026-01-01 00:00 data/link -> ../tmp");
        assertThat(tar.waitFor()).isZero();
    }

    @Test
    void theSameEntriesGiveTheSameBytes() throws IOException {
        assertThat(written()).isEqualTo(written());
    }

    @Test
    void aNameThatDoesNotFitIsRefused() {
        String name = "n".repeat(101);
        assertThatThrownBy(() -> {
                    try (TarWriter tar = new TarWriter(new ByteArrayOutputStream(), TIME)) {
                        tar.file(name, new byte[0]);
                    }
                })
                .hasMessage(name + ": expected at most 100 bytes in a name, actual 101");
    }
}
