package io.creek;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A child JVM that runs the fat jar in a directory, seen from outside: arguments, environment, output, exit code. */
final class ServerProcess implements AutoCloseable {

    static final long SECONDS_MAX = 60;

    private final Process process;
    private final Path out;
    private final Path err;

    private ServerProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static ServerProcess start(Path directory, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(directory, environment, List.of(), arguments);
    }

    /** @param planted directories of classes that take the place of the jar's */
    static ServerProcess start(Path directory, Map<String, String> environment, List<Path> planted, String... arguments)
            throws IOException {
        return start(directory, environment, command(planted, List.of(arguments)));
    }

    /** The command line of a server with these arguments. */
    static List<String> command(List<Path> planted, List<String> arguments) {
        String jar = Path.of(Objects.requireNonNull(System.getProperty("creek.fatJar"), "-Dcreek.fatJar"))
                .toAbsolutePath()
                .toString();
        String classPath = Stream.concat(planted.stream().map(Path::toString), Stream.of(jar))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx256m",
                // As the launcher does, so that later JVMs do not warn on stderr.
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                planted.isEmpty() ? "-jar" : "-cp",
                classPath));
        if (!planted.isEmpty()) {
            command.add("io.creek.Creek");
        }
        command.addAll(arguments);
        return command;
    }

    static ServerProcess start(Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CREEK_") || name.equals("PEER_NODES"));
        // Tests run beside each other, and beside servers of others.
        builder.environment().put("CREEK_METRICS_PORT", "0");
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), out, err);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    ServerProcess awaitListening(int port) {
        Awaitility.await("port " + port).atMost(Duration.ofSeconds(SECONDS_MAX)).until(() -> listens(port));
        return this;
    }

    boolean listensWithin(Duration duration, int port) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + duration.toNanos();
        while (!listens(port)) {
            if (System.nanoTime() > giveUpNanos) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return true;
    }

    private boolean listens(int port) {
        if (!process.isAlive()) {
            throw new AssertionError("exit code " + process.exitValue() + ": " + err());
        }
        try (Socket ignored = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Sends a signal that neither ends it in order nor kills it, by name, as STOP. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + name + " " + pid() + ": exit code " + kill.exitValue());
        }
    }

    /** SIGTERM. */
    ServerProcess terminate() {
        process.destroy();
        return this;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int awaitExit() throws InterruptedException {
        return awaitExit(SECONDS_MAX);
    }

    int awaitExit(long secondsMax) throws InterruptedException {
        if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
            throw new AssertionError("expected to exit within " + secondsMax + " s: " + err());
        }
        return process.exitValue();
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code kill -9}, if it still lives; returns when it is gone, and its port and directory are free. */
    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
