package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What backup, restore and import refuse before they do anything, and what they tell on the way. */
final class BackupOptionsTest {
    private static final int REFUSED = 2;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private CliContext context(boolean terminal) {
        return new CliContext(
                InputStream.nullInputStream(),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                terminal,
                terminal,
                Map.of(),
                () -> Instant.ofEpochMilli(1_000_000),
                new Random(1));
    }

    private void refused(int exitCode, String problem, String... arguments) {
        err.reset();
        assertThat(CreekCommand.run(context(false), arguments)).as(problem).isEqualTo(exitCode);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("creek: ")
                .contains(problem)
                .hasLineCount(1);
        assertThat(out.size()).isZero();
    }

    @Test
    void aBackupNeedsAFileThatIsNotThere() throws IOException {
        Path file = Files.createFile(directory.resolve("monday.creek"));
        refused(REFUSED, "--output", "backup");
        refused(REFUSED, "exists; name another file", "backup", "--output", file.toString());
        refused(REFUSED, "exists; name another file", "backup", "--force", "--output", directory.toString());
        refused(REFUSED, "--port: expected 1 to 65535", "backup", "-p", "0", "--output", "file");
        refused(1, "no such directory", "backup", "--output", directory.resolve("nowhere/file") + "");
    }

    @Test
    void aRestoreGoesIntoADirectoryOrIntoANode() throws IOException {
        String file = Files.createFile(directory.resolve("monday.creek")).toString();
        refused(REFUSED, "expected one backup, actual none", "restore");
        refused(REFUSED, "expected one backup, actual none", "restore", "-port", "8080");
        refused(REFUSED, "expected one backup, actual a b", "restore", "a", "b", "--port", "8080");
        refused(REFUSED, "expected where to", "restore", file);
        refused(REFUSED, "actual both", "restore", "-data_store_directory", "d", file, "--port", "8080");
        refused(REFUSED, "actual both", "restore", "-port=8080", file, "-h", "localhost");
        refused(REFUSED, "--replace: expected with --port", "restore", file, "-port", "8080", "--replace");
        refused(REFUSED, "no such file", "restore", file + "2", "-port", "8080");
        refused(3, "end of file at 0: expected at least 128 bytes, actual 0", "restore", file, "-port", "8080");
    }

    @Test
    void anImportNeedsAPlaceToReadFrom() {
        refused(REFUSED, "--from", "import");
        refused(REFUSED, "--from: expected host:port or [ipv6]:port, actual redis", "import", "--from", "redis");
        refused(REFUSED, "--from: expected host:port", "import", "--from", "redis:0");
        refused(
                REFUSED,
                "--from-cacert, --from-cert, --from-key and --from-insecure: expected with --from-tls",
                "import",
                "--from",
                "[::1]:1",
                "--from-cacert",
                "f");
    }

    @Test
    void theFirstKeysAreNamed() {
        NamedKeys keys = new NamedKeys();
        assertThat(keys.isEmpty()).isTrue();
        keys.add(new byte[] {'a', (byte) 0xff}, "list");
        assertThat(keys).hasToString("1 key: list \"a\\xff\"");
        for (int i = 0; i < 6; i++) {
            keys.add(("key" + i).repeat(20).getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(keys.count()).isEqualTo(7);
        assertThat(keys.toString())
                .startsWith("7 keys: list \"a\\xff\", \"key0key0")
                .contains("key0\"...")
                .endsWith(" and 2 more")
                .doesNotContain("key4");
    }

    @Test
    void bytesAreToldInTheUnitThatFits() {
        assertThat(Progress.bytes(1023)).isEqualTo("1023 B");
        assertThat(Progress.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Progress.bytes(5L << 40)).isEqualTo("5.0 TiB");
        assertThat(Progress.perSecond(1_000, 500_000_000)).isEqualTo(2_000);
    }

    @Test
    void whatIsShortIsDoneSilently() {
        try (Progress progress = new Progress(context(true), "backup").total(10)) {
            progress.at(5, 1, 100);
        }
        assertThat(err.size()).isZero();
    }
}
