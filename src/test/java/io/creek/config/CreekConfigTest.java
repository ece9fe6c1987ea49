package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreekConfigTest {

    private static final long GIB = 1L << 30;
    /** Nine tenths of 2 GiB of direct memory, but for the reserve and a page for each of two shards. */
    private static final long INDEX_BYTES_MAX = 2_030 * (1L << 20) - 2_030 * (1L << 20) / 10;

    private static final Machine MACHINE = new Machine(4, 2 * GIB, GIB);

    @Test
    void nothingSaidIsTheDefaultConfiguration() {
        CreekConfig config = config();

        assertThat(config)
                .isEqualTo(new CreekConfig(
                        new CreekConfig.Server(new HostPort("localhost", 8080), TextReplies.AUTO, false),
                        new SecurityConfig(Password.NONE, 10, Optional.empty(), false, Optional.empty()),
                        LogLevel.INFO,
                        Path.of("data/8080"),
                        new CreekConfig.CommitLog(Fsync.EVERYSEC, 64 << 20, 256 << 20),
                        new CreekConfig.Store(2, StoreVolume.MEMORY, GIB, INDEX_BYTES_MAX, 1),
                        new CreekConfig.Limits(
                                10_000, 64 << 10, 8 << 20, 1_048_576, 64 << 10, 32 << 20, 64 << 20, 16 << 20, 60, 0,
                                GIB / 4),
                        new CreekConfig.Diagnostics(10_000, 128, 0),
                        new CreekConfig.Admin(Optional.of(new HostPort("127.0.0.1", 9121)), true, 0),
                        Optional.empty(),
                        new CreekConfig.Replication(false, 10, GIB, 86_400, 5_000),
                        2));
    }

    @Test
    void publicFactoryReadsTheMachineItRunsOn() {
        CreekConfig config = CreekConfig.of(new JsonObject().put("fsync", "no").put("shards", 3));

        assertThat(config.commitLog().fsync()).isEqualTo(Fsync.NO);
        assertThat(config.store().shards()).isEqualTo(3);
        assertThat(config.store().bytesMax()).isPositive();
        assertThat(config.eventLoops()).isBetween(1, Runtime.getRuntime().availableProcessors());
    }

    @Test
    void localhostIsBothLoopbackAddresses() {
        assertThat(config("server_address", "localhost:7000").server().listenAddresses())
                .containsExactly(new HostPort("127.0.0.1", 7000), new HostPort("::1", 7000));
        assertThat(config("server_address", "127.0.0.1:7000").server().listenAddresses())
                .containsExactly(new HostPort("127.0.0.1", 7000));
    }

    @Test
    void dataDirectoryFollowsThePortUnlessItIsSaid() {
        assertThat(config("server_address", "[::1]:9000").dataDirectory()).isEqualTo(Path.of("data/9000"));
        assertThat(config("server_address", "[::1]:9000", "data_store_directory", "/srv/creek")
                        .dataDirectory())
                .isEqualTo(Path.of("/srv/creek"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[0:0:0:0:0:0:0:1]:1", "localhost:1", "LOCALHOST:1"})
    void loopbackNeedsNoLeave(String address) {
        assertThat(config("server_address", address).server().address().isLoopback())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0:1",
                "[::]:1",
                "10.0.0.1:1",
                "[fe80::1]:1",
                "creek.example:1",
                "127.0.0.1.example:1",
                "[::2]:1"
            })
    void listeningBeyondTheLoopbackNeedsLeave(String address) {
        assertThat(problems("server_address", address))
                .containsExactly(
                        "server_address = " + address
                                + ": expected 127.0.0.1, [::1] or localhost: beyond the loopback whoever reaches the port may"
                                + " read and write everything, as there is no password; requirepass sets one, insecure = true does without");
        assertThat(config("server_address", address, "requirepass", "secret")
                        .server()
                        .address()
                        .toString())
                .isEqualTo(address);
        assertThat(config("server_address", address, "insecure", "true")
                        .server()
                        .address()
                        .toString())
                .isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({"0, ALWAYS", "strong, ALWAYS", "1, EVERYSEC", "eventual, EVERYSEC", "Strong, ALWAYS"})
    void writeConsistencyModeNamesAnFsync(String mode, Fsync fsync) {
        assertThat(config("write_consistency_mode", mode).commitLog().fsync()).isEqualTo(fsync);
        assertThat(config("write_consistency_mode", mode, "fsync", fsync.name())
                        .commitLog()
                        .fsync())
                .isEqualTo(fsync);
    }

    @ParameterizedTest
    @CsvSource({"0, everysec", "strong, no", "1, always", "eventual, no"})
    void writeConsistencyModeMustNotContradictFsync(String mode, String fsync) {
        assertThat(problems("write_consistency_mode", mode, "fsync", fsync))
                .containsExactly("write_consistency_mode = " + mode + ": contradicts fsync = " + fsync
                        + ", expected fsync = always with 0 (strong), fsync = everysec with 1 (eventual), or only one of"
                        + " the two");
    }

    @Test
    void storeLimitFitsIntoDirectMemory() {
        assertThat(config("store_max_bytes", "1500MiB").store().bytesMax()).isEqualTo(1500L << 20);
        assertThat(problems("store_max_bytes", "2GiB").get(0))
                .matches("store_max_bytes = 2GiB: expected at most 1[5-7]\\d\\d MiB: of the JVM's direct memory"
                        + " \\(-XX:MaxDirectMemorySize\\), 2 GiB, a part is for moving data and for buffers; raise that, or keep"
                        + " the data in files with store_volume = mmap");
    }

    @Test
    void theHeapHoldsTheKeysOfTheStore() {
        assertThat(problems("store_max_bytes", "64GiB", "store_volume", "mmap"))
                .containsExactly(
                        "store_max_bytes = 64GiB: expected a heap (-Xmx) of at least 1281 MiB, for 16 bytes a key with a deadline and"
                                + " clients_buffer_bytes_max, actual 1024 MiB");
    }

    /** The launcher's shares of machines of 512 MiB and up. */
    @ParameterizedTest
    @CsvSource({"1, 192, 128", "2, 384, 256", "1, 64, 64", "64, 1024, 1024", "64, 131072, 4096"})
    void theDefaultStoreFitsWhateverTheMachine(int processors, long directMib, long heapMib) {
        Machine machine = new Machine(processors, directMib << 20, heapMib << 20);
        CreekConfig.Store store = CreekConfig.of(raw(), machine).store();
        assertThat(StoreSizing.directBytes(store.bytesMax(), store.shards())).isLessThanOrEqualTo(directMib << 20);
        assertThat(store.bytesMax()).isGreaterThan(machine.directMemoryBytes() / 5);
    }

    @Test
    void directMemoryHoldsTheIndexOfAMappedStore() {
        assertThat(problems("store_max_bytes", "80GiB", "store_volume", "mmap").get(0))
                .isEqualTo(
                        "store_max_bytes = 80GiB: expected direct memory (-XX:MaxDirectMemorySize) of at least 2142 MiB,"
                                + " for an index of 24 bytes a key, actual 2048 MiB");
    }

    @Test
    void aMappedStoreMayBeLargerThanDirectMemory() {
        CreekConfig config = config("store_max_bytes", "3GiB", "store_volume", "mmap");
        assertThat(config.store().bytesMax()).isEqualTo(3 * GIB);
        assertThat(config.store().volume()).isEqualTo(StoreVolume.MMAP);
    }

    @Test
    void queryBufferHoldsALargestValue() {
        assertThat(config("value_bytes_max", "512mb").limits().queryBufferBytesMax())
                .isEqualTo(513 << 20);
        assertThat(problems("value_bytes_max", "512mb", "query_buffer_bytes_max", "512mb"))
                .containsExactly("query_buffer_bytes_max = 512mb: expected at least 513 MiB, value_bytes_max + 1 MiB");
    }

    @Test
    void replyBufferHoldsALargestValue() {
        assertThat(config("value_bytes_max", "512mb").limits().outputBytesMax()).isEqualTo(513 << 20);
        assertThat(problems("value_bytes_max", "64mb", "output_buffer_bytes_max", "64mb"))
                .containsExactly("output_buffer_bytes_max = 64mb: expected at least 65 MiB, value_bytes_max + 1 MiB");
    }

    @Test
    void buffersOfAllClientsFitIntoTheHeap() {
        assertThat(config("clients_buffer_bytes_max", "512mb").limits().clientsBytesMax())
                .isEqualTo(GIB / 2);
        assertThat(problems("clients_buffer_bytes_max", "513mb"))
                .containsExactly("clients_buffer_bytes_max = 513mb: expected at most 512 MiB, half of the JVM's heap"
                        + " (-Xmx)");
    }

    @Test
    void automaticNumbersFollowTheProcessors() {
        assertThat(CreekConfig.of(raw(), new Machine(64, GIB, GIB)).eventLoops())
                .isEqualTo(16);
        assertThat(config("event_loops", "7").store().shards()).isEqualTo(7);
        assertThat(config("event_loops", "7", "shards", "1").store().shards()).isEqualTo(1);
    }

    @Test
    void aFollowerIsReadOnlyWhereLeadersAloneTakeWrites() {
        assertThat(config("server_mode", "follower", "replication_mode", "0")
                        .replication()
                        .readOnly())
                .isTrue();
        assertThat(config("server_mode", "1", "replication_mode", "1")
                        .replication()
                        .readOnly())
                .isFalse();
        assertThat(config("server_mode", "leader", "replication_mode", "0")
                        .replication()
                        .readOnly())
                .isFalse();
        assertThat(config("server_mode", "follower").replication().readOnly()).isFalse();
    }

    @Test
    void everyProblemIsTold() {
        assertThat(problems("fsync", "sometimes", "shards", "many", "fsnyc", "no"))
                .containsExactlyInAnyOrder(
                        "fsnyc: unknown key, did you mean fsync?",
                        "fsync = sometimes: expected always, everysec or no",
                        "shards = many: expected 0 (automatic) or a number up to 256");
    }

    @Test
    void aPasswordIsRawTextThatIsNeverShown() {
        CreekConfig config = config("requirepass", "a # \"b");

        assertThat(config.security().password().matches("a # \"b".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(config.security().password().matches(new byte[0])).isFalse();
        assertThat(config.toString()).doesNotContain("a # ");
        assertThat(problems("requirepass", "x".repeat(513)))
                .containsExactly("requirepass = (not shown): expected a text of at most 512 bytes without white space"
                        + " around it");
    }

    private static CreekConfig config(String... keysAndValues) {
        return CreekConfig.of(raw(keysAndValues), MACHINE);
    }

    private static List<String> problems(String... keysAndValues) {
        StartupException refused = Objects.requireNonNull(
                catchThrowableOfType(StartupException.class, () -> config(keysAndValues)), "accepted");
        assertThat(refused.exitCode()).isEqualTo(2);
        return refused.problems();
    }

    private static RawSettings raw(String... keysAndValues) {
        JsonObject json = new JsonObject();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            json.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return RawSettings.of(json);
    }
}
