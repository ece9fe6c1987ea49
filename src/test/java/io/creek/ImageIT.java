package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.creek.protocol.RespClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The image, made by this build and unpacked layer by layer as an engine does it, run as its configuration says where its root is "/". */
@Timeout(300)
final class ImageIT {
    private static final long BYTES_MAX = 120_000_000;
    private static final long LIMIT_BYTES = 1 << 30;

    /** The mode of a file that only its owner may write. */
    private static final int WRITABLE_BY_OTHERS = 022;

    @TempDir
    private static @Nullable Path directory;

    private static JsonObject config = new JsonObject();

    @TempDir
    private Path data;

    private static Path below(String name) {
        return Objects.requireNonNull(directory).resolve(name);
    }

    @BeforeAll
    static void makeAndUnpack() throws Exception {
        assumeTrue(
                Runtime.version().feature() == 17, "the image is made by a JDK 17, and this is " + Runtime.version());
        assumeTrue("root".equals(System.getProperty("user.name")), "only root may unpack and enter the image");
        Path laidOut = below("laid-out");
        Path archive = below("image.tar");
        ImageMain.main(new String[] {System.getProperty("creek.fatJar"), laidOut.toString(), archive.toString()});
        Path layout = Files.createDirectory(below("layout"));
        run("tar", "-xf", archive.toString(), "-C", layout.toString());
        Path root = Files.createDirectory(below("root"));
        JsonObject manifest = blob(
                layout,
                json(layout.resolve("index.json")).getJsonArray("manifests").getJsonObject(0));
        config = blob(layout, manifest.getJsonObject("config"));
        engineAdds(root);
        JsonArray layers = manifest.getJsonArray("layers");
        for (int i = 0; i < layers.size(); i++) {
            Path layer = file(layout, layers.getJsonObject(i));
            run("tar", "-xzpf", layer.toString(), "--numeric-owner", "-C", root.toString());
            assertThat("sha256:"
                            + said("sh", "-c", "gzip -dc " + layer + " | sha256sum")
                                    .substring(0, 64))
                    .isEqualTo(config.getJsonObject("rootfs")
                            .getJsonArray("diff_ids")
                            .getString(i));
        }
    }

    /** What it mounts, and where names are looked up. */
    private static void engineAdds(Path root) throws IOException {
        for (String system : List.of("proc", "dev", "sys/fs/cgroup", "etc")) {
            Files.createDirectories(root.resolve(system));
        }
        Files.writeString(root.resolve("etc/hosts"), "127.0.0.1 localhost\n");
        Files.writeString(root.resolve("etc/resolv.conf"), "nameserver 127.0.0.1\n");
    }

    private static JsonObject json(Path file) throws IOException {
        return new JsonObject(Files.readString(file));
    }

    private static Path file(Path layout, JsonObject descriptor) {
        return layout.resolve("blobs").resolve(descriptor.getString("digest").replace(':', '/'));
    }

    /** With the digest and the size that its descriptor tells. */
    private static JsonObject blob(Path layout, JsonObject descriptor) throws Exception {
        byte[] bytes = Files.readAllBytes(file(layout, descriptor));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
        assertThat("sha256:" + HexFormat.of().formatHex(digest)).isEqualTo(descriptor.getString("digest"));
        assertThat(descriptor.getLong("size")).isEqualTo(bytes.length);
        return new JsonObject(new String(bytes, StandardCharsets.UTF_8));
    }

    private static void run(String... command) throws Exception {
        said(command);
    }

    private static String said(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + said)
                .isZero();
        return said;
    }

    @Test
    void isSmallAndToldAsItIsConfigured() throws IOException {
        assertThat(Files.size(below("image.tar"))).isLessThan(BYTES_MAX);
        assertThat(config.getJsonObject("config")).isEqualTo(ImageConfig.json());
    }

    @Test
    void theSameFilesArePackedToTheSameBytes() throws Exception {
        Path again = below("again.tar");
        ImageMain.pack(below("laid-out"), again);
        assertThat(Files.mismatch(again, below("image.tar"))).isEqualTo(-1);
    }

    @Test
    void itsUserCanWriteTheVolumesAlone() throws IOException {
        List<String> writable = new ArrayList<>();
        try (Stream<Path> files = Files.walk(below("root"))) {
            for (Path file : files.filter(file -> !Files.isSymbolicLink(file)).toList()) {
                Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
                boolean own = Integer.valueOf(0).equals(attributes.get("uid"));
                int mode = (Integer) Objects.requireNonNull(attributes.get("mode"));
                if (!own || (mode & WRITABLE_BY_OTHERS) != 0) {
                    writable.add("/" + below("root").relativize(file));
                }
            }
        }
        writable.remove("/");
        assertThat(writable).containsExactlyInAnyOrderElementsOf(ImageConfig.VOLUMES);
    }

    @Test
    void thereIsNoShellAndNoLinkThatLeadsNowhere() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.walk(below("root"))) {
            for (Path file : files.toList()) {
                names.add(String.valueOf(file.getFileName()));
                assertThat(file).exists();
            }
        }
        assertThat(names).contains("java", "jcmd", "libc.so.6").doesNotContain("sh", "bash", "dash", "busybox", "apt");
    }

    @Test
    void servesAsItsUserWithAReadOnlyRootAndEndsInOrder() throws Exception {
        int port = ServerProcess.freePort();
        int metricsPort = ServerProcess.freePort();
        String[] local = {
            "-server_address", "127.0.0.1:" + port, "-metrics_address", "127.0.0.1", "-metrics_port", "" + metricsPort
        };
        try (ServerProcess creek = start(List.of(), local).awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            assertThat(Files.readString(Path.of("/proc/" + creek.pid() + "/status")))
                    .containsPattern("Uid:\\s10001\\s10001\\s10001\\s10001\n")
                    .containsPattern("Gid:\\s10001\\s10001\\s10001\\s10001\n")
                    .containsPattern("CapEff:\\s0+\n");
            assertThat(client.call("SET", "user", "Zoë")).isEqualTo("OK");
            assertThat(creek.terminate().awaitExit()).isZero();
            // A machine that has other work may keep a loop waiting.
            assertThat(creek.err().lines().filter(line -> !line.contains("BlockedThreadChecker")))
                    .noneMatch(line -> line.contains("Exception") || line.contains("WARN"));
        }
        try (ServerProcess creek = start(List.of(), local).awaitListening(port);
                RespClient client = RespClient.connect(port)) {
            assertThat(client.call("GET", "user")).isEqualTo("Zoë");
            assertThat(creek.terminate().awaitExit()).isZero();
        }
        assertThat(data.resolve("creek")).isDirectory();
    }

    @Test
    void listensToNobodyWithoutAPassword() throws Exception {
        try (ServerProcess creek = start(List.of())) {
            assertThat(creek.awaitExit()).isEqualTo(2);
            assertThat(creek.err()).contains("/opt/creek/creek.conf:", "server_address = 0.0.0.0:8080", "requirepass");
        }
    }

    @Test
    void classesComeFromTheArchives() throws Exception {
        try (ServerProcess creek = start(List.of("JDK_JAVA_OPTIONS=-Xlog:class+load:stdout"), "--version")) {
            assertThat(creek.awaitExit()).as(creek.err()).isZero();
            assertThat(creek.out())
                    .contains("java.lang.Object source: shared objects file\n")
                    .contains("io.creek.Main source: shared objects file (top)\n");
        }
    }

    @Test
    void memoryIsSharedOutByTheLimitOfTheContainer() throws Exception {
        Path group =
                memoryGroup().resolve("creek-image-" + ProcessHandle.current().pid());
        int port = ServerProcess.freePort();
        createGroup(group);
        try {
            List<String> command = new ArrayList<>(
                    List.of("sh", "-euc", "echo $$ >\"$0/cgroup.procs\"; exec \"$@\"", group.toString()));
            command.addAll(inside(
                    List.of("JDK_JAVA_OPTIONS=-Xlog:gc+init:stdout"),
                    "-server_address",
                    "127.0.0.1:" + port,
                    "-metrics_port",
                    "0"));
            try (ServerProcess creek =
                    ServerProcess.start(below(""), Map.of(), command).awaitListening(port)) {
                assertThat(creek.out()).contains("Heap Max Capacity: 25");
                // It listens a moment before it says so.
                Pattern said = Pattern.compile("at most (\\d+) bytes of data");
                await("ready").until(() -> said.matcher(creek.err()).find());
                Matcher most = said.matcher(creek.err());
                assertThat(most.find()).isTrue();
                // Half of the direct memory, which is three eighths.
                assertThat(Long.parseLong(most.group(1)) >> 20).isBetween(150L, 200L);
                assertThat(creek.terminate().awaitExit()).isZero();
            }
        } finally {
            Files.delete(group);
        }
    }

    /** This process's own group, of the hierarchy that knows of memory. */
    private static Path memoryGroup() throws IOException {
        Path groups = Path.of("/sys/fs/cgroup");
        boolean unified = Files.exists(groups.resolve("cgroup.controllers"));
        return Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                .map(line -> line.split(":", 3))
                .filter(line -> unified ? line[1].isEmpty() : line[1].equals("memory"))
                .map(line -> Path.of(groups + (unified ? "" : "/memory") + line[2]))
                .findFirst()
                .orElse(groups);
    }

    private static void createGroup(Path group) throws IOException {
        try {
            Files.createDirectory(group);
        } catch (IOException e) {
            assumeTrue(false, "no control group can be made here: " + e);
        }
        for (String limit : List.of("memory.max", "memory.limit_in_bytes")) {
            if (Files.exists(group.resolve(limit))) {
                Files.writeString(group.resolve(limit), "" + LIMIT_BYTES);
                return;
            }
        }
        Files.delete(group);
        assumeTrue(false, "control groups do not limit memory below " + group.getParent());
    }

    private ServerProcess start(List<String> environment, String... arguments) throws Exception {
        return ServerProcess.start(below(""), Map.of(), inside(environment, arguments));
    }

    /**
     * In a mount namespace of its own, with the root read-only and the volumes and what an engine brings over it, as the user of the configuration, and with
     * nothing of the environment of this build.
     */
    private List<String> inside(List<String> environment, String... arguments) throws Exception {
        JsonObject told = config.getJsonObject("config");
        Files.setAttribute(data, "unix:uid", ImageRoot.USER);
        List<String> command = new ArrayList<>(
                List.of("unshare", "--mount", "sh", "-euc", """
                root=$0 data=$1; shift
                mount --bind "$root" "$root"
                mount -o remount,ro,bind "$root"
                mount --bind "$data" "$root/data"
                mount -t tmpfs tmpfs "$root/tmp"
                for system in /proc /dev /sys/fs/cgroup; do mount --rbind "$system" "$root$system"; done
                exec setpriv --no-new-privs env -i "$@"
                """, below("root").toString(), data.toString()));
        told.getJsonArray("Env").forEach(each -> command.add(each.toString()));
        command.addAll(environment);
        command.addAll(List.of(
                said("sh", "-c", "command -v chroot").strip(),
                "--userspec=" + told.getString("User"),
                "--groups=" + told.getString("User").split(":", 2)[1],
                below("root").toString()));
        told.getJsonArray("Entrypoint").forEach(each -> command.add(each.toString()));
        command.addAll(List.of(arguments));
        return command;
    }
}
