package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through vertx-config, from the sources to the records. */
class ConfigSourcesTest {

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void laterSourcesGoOverEarlierOnes() throws IOException {
        environment.put(
                "CREEK_CONF_FILE",
                file("a.conf", "clients_max=1\nshards=1\nevent_loops=1\nfsync=no")
                        .toString());
        Path conf = file("b.json", "{\"shards\": 2, \"event_loops\": 2, \"fsync\": \"always\"}");
        environment.put("CREEK_EVENT_LOOPS", "3");
        environment.put("CREEK_FSYNC", "everysec");

        RawSettings raw = read("-conf", conf.toString(), "-fsync", "always");

        assertThat(raw.toJson())
                .isEqualTo(new JsonObject()
                        .put("clients_max", "1")
                        .put("shards", "2")
                        .put("event_loops", "3")
                        .put("fsync", "always"));
        assertThat(CreekConfig.of(raw)).isEqualTo(CreekConfig.of(raw.toJson()));
    }

    @Test
    void nothingSaidIsNothing() {
        assertThat(read().toJson()).isEqualTo(new JsonObject());
    }

    @Test
    void portGoesOverTheAddressBesideOrBeforeIt() throws IOException {
        Path conf = file("a.conf", "server_address = [::1]:1\nport = 2");

        assertThat(address("-conf", conf.toString())).isEqualTo("[::1]:2");
        assertThat(address("-port", "3", "-conf", conf.toString())).isEqualTo("[::1]:3");
        assertThat(address("-server_address", "127.0.0.1:4", "-conf", conf.toString()))
                .isEqualTo("127.0.0.1:4");
        assertThat(address("-port", "5", "-server_address", "127.0.0.1:4")).isEqualTo("127.0.0.1:5");
        assertThat(address("-server_address", "127.0.0.1:4", "-port", "5")).isEqualTo("127.0.0.1:5");
        assertThat(address("-port", "6")).isEqualTo("localhost:6");
    }

    @Test
    void confMayBeTheJsonItself() {
        assertThat(read("-conf", " {\"shards\": 5}").toJson()).isEqualTo(new JsonObject().put("shards", "5"));
        assertThat(problems("-conf", "{\"shards\": \"many\"}"))
                .containsExactly("flag -conf:1: shards = many: expected 0 (automatic) or a number up to 256");
    }

    @Test
    void filesMayUseTheExampleThatComesWithCreek() {
        assertThat(CreekConfig.of(read("-conf", "conf/creek.json"))).isEqualTo(CreekConfig.of(new JsonObject()));
        assertThat(CreekConfig.of(read("-conf", "conf/default.conf"))).isEqualTo(CreekConfig.of(new JsonObject()));
    }

    @Test
    void badValueIsToldFromEverySource() throws IOException {
        Path text = file("a.conf", "# first\nfsync = sometimes");
        Path json = file("b.json", "{\n\"fsync\":\n\"never\"\n}");
        environment.put("CREEK_CONF_FILE", text.toString());
        environment.put("CREEK_FSYNC", "daily");

        assertThat(problems("-conf", json.toString(), "--fsync=1"))
                .containsExactly(
                        text + ":2: fsync = sometimes: expected always, everysec or no",
                        json + ":3: fsync = never: expected always, everysec or no",
                        "environment CREEK_FSYNC: fsync = daily: expected always, everysec or no",
                        "flag --fsync: fsync = 1: expected always, everysec or no");
    }

    @Test
    void unknownKeyIsToldFromEverySource() throws IOException {
        Path text = file("a.conf", "fsnyc = always");
        Path json = file("b.json", "{\"log-level\": \"info\"}");
        environment.put("CREEK_CONF_FILE", text.toString());
        environment.put("CREEK_PEERNODES", "");

        assertThat(problems("-conf", json.toString(), "--frobnicate=1"))
                .containsExactly(
                        text + ":1: fsnyc: unknown key, did you mean fsync?",
                        json + ":1: log-level: unknown key, did you mean log_level?",
                        "environment CREEK_PEERNODES: peernodes: unknown key, did you mean peer_nodes?",
                        "flag --frobnicate: unknown key, creek --help lists all");
    }

    @Test
    void repeatedKeyIsToldFromEverySource() throws IOException {
        Path text = file("a.conf", "fsync = always\nshards = 1\nfsync = always");
        Path json = file("b.json", "{\"fsync\": \"always\",\n\"fsync\": \"no\"}");
        environment.put("CREEK_CONF_FILE", text.toString());
        environment.put("CREEK_PEER_NODES", "");
        environment.put("PEER_NODES", "");

        assertThat(problems("-conf", json.toString(), "-port", "1", "--port=2"))
                .containsExactly(
                        text + ":3: fsync = always: repeated key, first at " + text + ":1",
                        json + ":2: fsync = no: repeated key, first at " + json + ":1",
                        "environment PEER_NODES: peer_nodes = : repeated key, first at environment CREEK_PEER_NODES",
                        "flag --port: port = 2: repeated key, first at flag -port");
    }

    @Test
    void valueThatIsCoveredIsCheckedToo() throws IOException {
        Path text = file("a.conf", "fsync = sometimes");

        assertThat(problems("-conf", text.toString(), "-fsync", "no"))
                .containsExactly(text + ":1: fsync = sometimes: expected always, everysec or no");
    }

    @Test
    void missingFileIsTold() {
        environment.put("CREEK_CONF_FILE", directory + "/a.conf");

        assertThat(problems("-conf", directory + "/b.json"))
                .containsExactly(
                        directory + "/a.conf: no such file (named by environment CREEK_CONF_FILE)",
                        directory + "/b.json: no such file (named by flag -conf)");
    }

    @Test
    void whatIsNoFileIsTold() {
        environment.put("CREEK_CONF_FILE", "/dev/zero");

        assertThat(problems("-conf", directory.toString()))
                .containsExactly(
                        "/dev/zero: expected a file, actual a device or a pipe (named by environment CREEK_CONF_FILE)",
                        directory + ": expected a file, actual a directory (named by flag -conf)");
    }

    @Test
    void hugeFileIsTold() throws IOException {
        Path file = file("a.conf", "#".repeat((1 << 20) + 1));

        assertThat(problems("-conf", file.toString()))
                .containsExactly(file + ": expected at most 1 MiB, actual 1048577 bytes (named by flag -conf)");
    }

    /** The kernel lets it be opened and then fails the read at address 0, for whoever asks. */
    @Test
    void fileThatCannotBeReadIsTold() {
        assertThat(problems("-conf", "/proc/self/mem"))
                .containsExactly(
                        "configuration cannot be read: Unable to read file at path '/proc/self/mem': Input/output error");
    }

    @Test
    void fileThatIsNotUtf8IsTold() throws IOException {
        Path file = Files.write(directory.resolve("a.conf"), "a\n\u00e9".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(problems("-conf", file.toString())).containsExactly(file + ":2: expected UTF-8");
    }

    @Test
    void lineWithoutEqualsSignIsTold() throws IOException {
        Path file = file("a.conf", "fsync always");

        assertThat(problems("-conf", file.toString())).containsExactly(file + ":1: fsync always: expected key = value");
    }

    @Test
    void aPasswordIsNotToldWhereItIsWrong() throws IOException {
        Path file = file("a.conf", "requirepass s3cret\nrequirepass = s3cret\nrequirepass = s3cret");
        environment.put("CREEK_REQUIREPASS", "s3cret" + "x".repeat(512));

        assertThat(problems("-conf", file.toString()))
                .containsExactly(
                        file + ":1: requirepass (not shown): expected key = value",
                        file + ":3: requirepass = (not shown): repeated key, first at " + file + ":2",
                        "environment CREEK_REQUIREPASS: requirepass = (not shown): expected a text of at most 512 bytes"
                                + " without white space around it");
    }

    @Test
    void valuesThatContradictEachOtherAreToldWithTheirPlace() throws IOException {
        Path file = file("a.conf", "\nwrite_consistency_mode = 0");

        assertThat(problems("-conf", file.toString(), "-fsync", "no", "-server_address", "0.0.0.0:1"))
                .containsExactly(
                        "flag -server_address: server_address = 0.0.0.0:1: expected 127.0.0.1, [::1] or localhost: beyond"
                                + " the loopback whoever reaches the port may read and write everything, as there is no"
                                + " password; requirepass sets one, insecure = true does without",
                        file + ":2: write_consistency_mode = 0: contradicts fsync = no, expected fsync = always with 0"
                                + " (strong), fsync = everysec with 1 (eventual), or only one of the two");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private RawSettings read(String... arguments) {
        return ConfigSources.read(CommandLine.parse(arguments), environment);
    }

    private String address(String... arguments) {
        return CreekConfig.of(read(arguments)).server().address().toString();
    }

    private List<String> problems(String... arguments) {
        StartupException refused = Objects.requireNonNull(
                catchThrowableOfType(StartupException.class, () -> CreekConfig.of(read(arguments))), "accepted");
        assertThat(refused.exitCode()).isEqualTo(2);
        return refused.problems();
    }
}
