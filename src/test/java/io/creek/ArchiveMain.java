package io.creek;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes the class-data archive that the launcher gives the JVM: starts a node twice, which writes and recovers, and has the second one keep what
 * it has loaded when it ends; and another one for {@code creek cli}. Part of the build.
 *
 * <p>Beside the archive lies what its JVM says of its version: no other can use it.
 */
final class ArchiveMain {
    private static final int KEYS = 2_000;

    private ArchiveMain() {}

    /** @param arguments the fat jar, and the archive to make */
    public static void main(String[] arguments) throws Exception {
        Path jar = Path.of(arguments[0]).toAbsolutePath();
        Path archive = Path.of(arguments[1]).toAbsolutePath();
        Path cli = archive.resolveSibling("creek-cli.jsa");
        Files.deleteIfExists(cli);
        make(
                List.of(java()),
                jar.toString(),
                archive,
                (directory, port) -> command(directory, jar, keeping(cli), port));
        Files.writeString(Path.of(archive + ".version"), version());
    }

    /** Something that is done while the node runs. */
    interface Meanwhile {
        void act(Path directory, int port) throws Exception;
    }

    /**
     * @param java the command of the JVM that the archive is for
     * @param jar as the archive is to know it
     */
    static void make(List<String> java, String jar, Path archive, Meanwhile meanwhile) throws Exception {
        Path directory = Files.createTempDirectory("creek-archive");
        Files.deleteIfExists(archive);
        try {
            rehearse(directory, java, jar, List.of(), (unused, port) -> {});
            rehearse(directory, java, jar, keeping(archive), meanwhile);
        } finally {
            CrashCampaign.delete(directory);
        }
    }

    private static List<String> keeping(Path archive) {
        return List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds*=off");
    }

    /** One command to the node, as from a terminal. */
    private static void command(Path directory, Path jar, List<String> options, int port) throws Exception {
        List<String> command = new ArrayList<>(List.of(java(), "-Xmx64m", "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString(), "cli", "-p", String.valueOf(port), "GET", "key3"));
        try (ServerProcess cli = ServerProcess.start(directory, Map.of(), command)) {
            int code = cli.awaitExit();
            if (code != 0) {
                throw new IllegalStateException("cli: expected exit code 0, actual " + code + ": " + cli.err());
            }
        }
    }

    private static void rehearse(
            Path directory, List<String> java, String jar, List<String> options, Meanwhile meanwhile) throws Exception {
        int port = ServerProcess.freePort();
        List<String> command = new ArrayList<>(java);
        command.add("-Xmx256m");
        command.addAll(options);
        command.addAll(List.of(
                "-jar",
                jar,
                "-port",
                String.valueOf(port),
                "-data_store_directory",
                directory.resolve("data").toString()));
        try (ServerProcess creek = ServerProcess.start(directory, Map.of(), command)) {
            creek.awaitListening(port);
            use(port);
            meanwhile.act(directory, port);
            int code = creek.terminate().awaitExit();
            if (code != 0) {
                throw new IllegalStateException("expected exit code 0, actual " + code + ": " + creek.err());
            }
        }
    }

    /** What a start and its first clients need, not all that there is. */
    private static void use(int port) {
        try (RespClient client = RespClient.connect(port)) {
            client.call("HELLO", "3");
            client.call("COMMAND");
            client.call("INFO");
            for (int key = 0; key < KEYS; key++) {
                client.call("SET", "key" + key, "value", "EX", "1000");
                client.call("GET", "key" + key);
            }
            client.call("INCR", "counter");
            client.call("DEL", "key1", "key2");
            client.call("MGET", "key3", "key4");
            client.call("SAVE");
            client.call("ACL", "SETUSER", "rehearsal", "on", ">secret");
            client.call("AUTH", "rehearsal", "wrong");
            client.call("ACL", "LOG");
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** As the launcher finds it. */
    private static String version() throws IOException, InterruptedException {
        Path release = Path.of(System.getProperty("java.home")).toRealPath().resolve("release");
        if (Files.isReadable(release)) {
            return Files.readString(release);
        }
        Process process =
                new ProcessBuilder(java(), "-version").redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
