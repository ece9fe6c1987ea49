package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory laid out as Kubernetes mounts a ConfigMap, read at the start and when its link is swapped. */
class ConfDirectoryTest {
    @TempDir
    private Path directory;

    private int versions;

    /** The next version of the files, swapped in as the kubelet does; the version before is removed. */
    private void swap(Map<String, String> files) throws IOException {
        versions++;
        Path version = Files.createDirectory(directory.resolve("..2026_11_22_" + versions));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(version.resolve(file.getKey()), file.getValue());
            Path link = directory.resolve(file.getKey());
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of("..data", file.getKey()));
            }
        }
        Path link = Files.createSymbolicLink(directory.resolve("..data_tmp"), version.getFileName());
        Files.move(
                link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (versions > 1) {
            Path before = directory.resolve("..2026_11_22_" + (versions - 1));
            try (Stream<Path> old = Files.list(before)) {
                for (Path file : old.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(before);
        }
    }

    private Map<String, String> environment() {
        return Map.of("CREEK_CONF_DIR", directory.toString());
    }

    private RawSettings read(String... arguments) {
        return ConfigSources.read(CommandLine.parse(arguments), environment());
    }

    private List<String> problems(String... arguments) {
        return read(arguments).problems();
    }

    @Test
    void aFileIsAKeyOrHoldsSettings() throws IOException {
        swap(Map.of("fsync", "always\n", "clients_max", "7", "more.conf", "# more\nshards = 3\n"));
        Files.writeString(directory.resolve(".hidden"), "nonsense");

        RawSettings raw = read();

        assertThat(raw.problems()).isEmpty();
        assertThat(raw.toJson().getMap()).isEqualTo(Map.of("fsync", "always", "clients_max", "7", "shards", "3"));
        assertThat(raw.findByKey("shards").orElseThrow().place()).isEqualTo(directory + "/more.conf:2");
    }

    @Test
    void standsBetweenTheTwoFiles() throws IOException {
        swap(Map.of("fsync", "always", "clients_max", "7"));
        Path first = Files.writeString(directory.resolve(".first"), "fsync = no\nshards = 3\nclients_max = 3");
        Path second = Files.writeString(directory.resolve(".second"), "clients_max = 9");

        RawSettings raw = ConfigSources.read(
                CommandLine.parse("-conf", second.toString()),
                Map.of("CREEK_CONF_DIR", directory.toString(), "CREEK_CONF_FILE", first.toString()));

        assertThat(raw.toJson().getMap()).isEqualTo(Map.of("fsync", "always", "clients_max", "9", "shards", "3"));
    }

    @Test
    void plainFilesAreReadToo() throws IOException {
        Files.writeString(directory.resolve("fsync"), "no");

        assertThat(read().toJson().getMap()).isEqualTo(Map.of("fsync", "no"));
    }

    @Test
    void everyMistakeIsTold() throws IOException {
        swap(Map.of("fsnyc", "always", "fsync", "never", "b.conf", "clients_max = 1\nbanner", "clients_max", "2"));
        Files.write(directory.resolve("..data").resolve("log_level"), "\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Files.createDirectory(directory.resolve("..data").resolve("shards"));
        Files.writeString(directory.resolve("..data").resolve("requirepass"), "#".repeat((1 << 20) + 1));

        assertThat(problems())
                .containsExactlyInAnyOrder(
                        directory + "/b.conf:2: banner: expected key = value",
                        directory + "/log_level: expected UTF-8",
                        directory + "/shards: expected a file, actual a directory",
                        directory + "/requirepass: expected at most 1 MiB, actual 1048577 bytes",
                        directory + "/clients_max: clients_max = 2: repeated key, first at " + directory + "/b.conf:1",
                        directory + "/fsnyc: fsnyc: unknown key, did you mean fsync?",
                        directory + "/fsync: fsync = never: expected always, everysec or no");
    }

    @Test
    void whatIsNoDirectoryIsTold() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThat(ConfigSources.read(CommandLine.parse(), Map.of("CREEK_CONF_DIR", file.toString()))
                        .problems())
                .containsExactly(file + ": expected a directory, actual a file (named by environment CREEK_CONF_DIR)");
        assertThat(ConfigSources.read(CommandLine.parse(), Map.of("CREEK_CONF_DIR", directory + "/none"))
                        .problems())
                .containsExactly(directory + "/none: no such directory (named by environment CREEK_CONF_DIR)");
    }

    @Test
    void aSwapTakesEffectAsAWholeOrNotAtAll() throws IOException {
        swap(Map.of("clients_max", "7", "slowlog_max_len", "5", "shards", "3"));
        ConfigWatch watch = new ConfigWatch(CommandLine.parse(), environment());
        RunningConfig running = new RunningConfig(read());
        assertThat(running.change(Map.of("slowlog_max_len", "6"))).isEmpty();

        swap(Map.of("clients_max", "8", "slowlog_max_len", "9", "shards", "4", "timeout", "30"));
        lookTwice(watch, running);

        CreekConfig changed = running.get();
        assertThat(changed.limits().clientsMax()).isEqualTo(8);
        assertThat(changed.limits().idleSeconds()).isEqualTo(30);
        assertThat(changed.diagnostics().slowLogLengthMax())
                .as("what CONFIG SET said")
                .isEqualTo(6);
        assertThat(changed.store().shards()).as("takes a restart").isEqualTo(3);

        for (Map<String, String> bad : List.of(
                Map.of("clients_max", "0", "timeout", "40"),
                Map.of("clients_max", "9", "tiemout", "40"),
                Map.of("clients_max", "9", "value_bytes_max", "64mb", "query_buffer_bytes_max", "1mb"))) {
            swap(bad);
            lookTwice(watch, running);
            assertThat(running.get()).as("%s", bad).isSameAs(changed);
        }

        swap(Map.of("clients_max", "8"));
        lookTwice(watch, running);
        assertThat(running.get().limits().idleSeconds()).as("the default").isZero();
        assertThat(running.get().diagnostics().slowLogLengthMax()).isEqualTo(6);
        assertThat(running.get().store().shards()).isEqualTo(3);
    }

    @Test
    void aChangedFileTakesEffectToo() throws IOException {
        Path file = Files.writeString(directory.resolve("a.conf"), "clients_max = 7\n");
        CommandLine commandLine = CommandLine.parse("-conf", file.toString());
        ConfigWatch watch = new ConfigWatch(commandLine, Map.of());
        RunningConfig running = new RunningConfig(ConfigSources.read(commandLine, Map.of()));

        Files.writeString(file, "clients_max = 8\n");
        lookTwice(watch, running);
        assertThat(running.get().limits().clientsMax()).isEqualTo(8);

        Files.delete(file);
        lookTwice(watch, running);
        assertThat(running.get().limits().clientsMax())
                .as("a file that is missing")
                .isEqualTo(8);

        Files.writeString(file, "\n");
        lookTwice(watch, running);
        assertThat(running.get().limits().clientsMax()).isEqualTo(10_000);
    }

    private static void lookTwice(ConfigWatch watch, RunningConfig running) {
        watch.check(running);
        watch.check(running);
    }

    @Test
    void aFileThatIsMetHalfWrittenTakesEffectWhenItIsWhole() throws IOException {
        Path file = Files.writeString(directory.resolve("a.conf"), "clients_max = 7\n");
        CommandLine commandLine = CommandLine.parse("-conf", file.toString());
        ConfigWatch watch = new ConfigWatch(commandLine, Map.of());
        RunningConfig running = new RunningConfig(ConfigSources.read(commandLine, Map.of()));

        Files.writeString(file, "");
        watch.check(running);
        Files.writeString(file, "clients_max = 8\n");
        watch.check(running);
        assertThat(running.get().limits().clientsMax()).isEqualTo(7);
        watch.check(running);
        assertThat(running.get().limits().clientsMax()).isEqualTo(8);
    }
}
