package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningConfigTest {
    @TempDir
    private Path directory;

    private static RunningConfig running(Object... keysAndValues) {
        JsonObject json = new JsonObject();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            json.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return new RunningConfig(RawSettings.of(json));
    }

    private RunningConfig running(Path file, String... arguments) {
        return new RunningConfig(
                ConfigSources.read(CommandLine.parse(arguments), Map.of("CREEK_CONF_FILE", file.toString())));
    }

    private static Setting<?> setting(String key) {
        return Setting.find(key).orElseThrow();
    }

    @Test
    void aChangeHoldsAndIsTold() {
        RunningConfig running = running("clients_max", 7);
        List<Integer> told = new ArrayList<>();
        running.onChange(config -> told.add(config.limits().clientsMax()));

        assertThat(running.change(Map.of("clients_max", "8"))).isEmpty();
        assertThat(running.get().limits().clientsMax()).isEqualTo(8);
        assertThat(running.text(setting("clients_max"))).isEqualTo("8");
        assertThat(told).containsExactly(8);
    }

    @Test
    void whatIsKeptForPeersAndTheirDriftChangeWhileRunning() {
        RunningConfig running = running();
        assertThat(running.change(Map.of("hint_max_bytes", "2MiB", "hint_max_age", "7", "max_clock_drift", "900")))
                .isEmpty();
        assertThat(running.get().replication()).isEqualTo(new CreekConfig.Replication(false, 10, 2 << 20, 7, 900));
    }

    @Test
    void whatIsNotAllowedChangesNothing() {
        RunningConfig running = running();
        CreekConfig before = running.get();
        running.onChange(config -> {
            throw new AssertionError("changed");
        });

        assertThat(running.change(Map.of("clients_max", "0")))
                .contains(new RunningConfig.Refusal("clients_max", "expected a number, 1 to 1000000"));
        assertThat(running.change(Map.of("query_buffer_bytes_max", "1MiB"))
                        .orElseThrow()
                        .reason())
                .contains("expected at least 9 MiB");
        assertThat(running.get()).isSameAs(before);
        assertThatThrownBy(() -> running.change(Map.of("shards", "3"))).hasMessage("shards changes at a restart");
    }

    @Test
    void fsyncIsNotChangedAgainstTheModeThatWasGiven() {
        RunningConfig running = running("write_consistency_mode", "strong");

        assertThat(running.change(Map.of("fsync", "no")).orElseThrow().reason()).contains("contradicts fsync = no");
        assertThat(running.change(Map.of("fsync", "always"))).isEmpty();
    }

    @Test
    void tellsWhatWasDecided() {
        RunningConfig running =
                running("write_consistency_mode", 0, "port", 1234, "value_bytes_max", "64MiB", "shards", 3);

        assertThat(running.text(setting("fsync"))).isEqualTo("always");
        assertThat(running.text(setting("server_address"))).isEqualTo("localhost:1234");
        assertThat(running.text(setting("data_store_directory"))).isEqualTo("data/1234");
        assertThat(running.text(setting("query_buffer_bytes_max"))).isEqualTo("" + (65 << 20));
        assertThat(running.text(setting("shards"))).isEqualTo("3");
        assertThat(running.text(setting("event_loops"))).isNotEqualTo("0");
        assertThat(running.text(setting("store_max_bytes"))).isNotEqualTo("0");
        assertThat(running.text(setting("banner"))).isEqualTo("false");
    }

    @Test
    void rewriteKeepsEverythingElse() throws IOException {
        Path file = directory.resolve("creek.conf");
        Files.writeString(file, "\ufeff# comment, with clients_max = 3\r\n  clients_max=5  \r\n\r\nbanner = true\r\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        RunningConfig running = running(file);
        running.change(Map.of("clients_max", "6"));
        running.change(Map.of("log_level", "warn"));
        running.change(Map.of("clients_max", "7"));

        running.rewrite();

        assertThat(Files.readString(file))
                .isEqualTo(
                        "# comment, with clients_max = 3\r\nclients_max = 7\r\n\r\nbanner = true\r\nlog_level = warn\r\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(running(file).get().limits().clientsMax()).isEqualTo(7);
    }

    @Test
    void rewriteGoesToTheLastFileAndBehindALink() throws IOException {
        Path first = Files.writeString(directory.resolve("first.conf"), "clients_max = 5\n");
        Path target = Files.writeString(directory.resolve("target.conf"), "");
        Path link = Files.createSymbolicLink(directory.resolve("link.conf"), target);
        RunningConfig running = running(first, "-conf", link.toString());
        running.change(Map.of("clients_max", "6"));

        running.rewrite();

        assertThat(Files.readString(target)).isEqualTo("clients_max = 6\n");
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.readString(first)).isEqualTo("clients_max = 5\n");
    }

    @Test
    void rewriteRefusesWhatItCannotWrite() throws IOException {
        assertThatThrownBy(() -> running().rewrite()).hasMessage("the settings came from no file");
        Path json = Files.writeString(directory.resolve("creek.json"), "{\"clients_max\": 5}");
        RunningConfig running = running(json);
        running.change(Map.of("clients_max", "6"));

        assertThatThrownBy(running::rewrite)
                .isInstanceOf(IOException.class)
                .hasMessage(json + ": expected a file of key = value lines, actual JSON");
        assertThat(Files.readString(json)).isEqualTo("{\"clients_max\": 5}");
    }
}
