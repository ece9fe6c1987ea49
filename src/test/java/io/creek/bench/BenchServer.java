package io.creek.bench;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A server that is measured: a process of its own on a free port of the loopback interface. One thread. */
final class BenchServer implements AutoCloseable {
    private static final long START_SECONDS_MAX = 600;
    private static final long STOP_SECONDS_MAX = 120;
    private static final long SNAPSHOT_SECONDS_MAX = 600;
    private static final long POLL_MILLIS = 2;
    private static final long SNAPSHOT_POLL_MILLIS = 10;
    /** What a server still does after a fill, as collecting garbage or growing a table, is done by then. */
    private static final long SETTLE_SECONDS = 12;

    private static final int REPLY_MILLIS_MAX = 60_000;
    private static final double TICKS_PER_SECOND = 100;
    private static final int UTIME_FIELD = 11;
    private static final double NANOS_PER_SECOND = 1e9;

    private final BenchKind kind;
    private final Process process;
    private final int port;
    private double startSeconds;

    private BenchServer(BenchKind kind, Process process, int port) {
        this.kind = kind;
        this.process = process;
        this.port = port;
    }

    /** On an empty directory. */
    static BenchServer start(BenchKind kind, BenchOptions options) throws Exception {
        delete(kind.data(options));
        return restart(kind, options);
    }

    /** On what it left. */
    static BenchServer restart(BenchKind kind, BenchOptions options) throws Exception {
        Path directory = Files.createDirectories(kind.data(options));
        int port = freePort();
        Path log = directory.resolve("log.txt");
        ProcessBuilder builder = new ProcessBuilder(kind.command(options, port))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        long startNanos = System.nanoTime();
        BenchServer server = new BenchServer(kind, builder.start(), port);
        while (!server.serves()) {
            if (!server.process.isAlive() || secondsSince(startNanos) > START_SECONDS_MAX) {
                server.close();
                throw new IOException(kind.title() + " does not answer: " + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        server.startSeconds = secondsSince(startNanos);
        return server;
    }

    static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("a free port", e);
        }
    }

    static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / NANOS_PER_SECOND;
    }

    /** Not while it is loading: PING is answered then by some, so it is asked for a key. */
    private boolean serves() {
        try (RespClient client = RespClient.connect(port, REPLY_MILLIS_MAX)) {
            return !(client.call("GET", BenchFill.key(0)) instanceof RespClient.Failure);
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    BenchKind kind() {
        return kind;
    }

    int port() {
        return port;
    }

    /** From the start of the process until it answered for a key. */
    double startSeconds() {
        return startSeconds;
    }

    /** Its answer to a command, which must not be an error. */
    Object call(String... command) {
        try (RespClient client = RespClient.connect(port, REPLY_MILLIS_MAX)) {
            Object reply = Objects.requireNonNull(client.call(command), "nil");
            if (reply instanceof RespClient.Failure failure) {
                throw new IllegalStateException(String.join(" ", command) + ": " + failure.message());
            }
            return reply;
        }
    }

    /** Has it write all its data beside its clients, and waits for that. Answers how many seconds it took. */
    double snapshot() throws InterruptedException {
        awaitNoSnapshot();
        long startNanos = System.nanoTime();
        call(kind.snapshot());
        awaitNoSnapshot();
        return secondsSince(startNanos);
    }

    private void awaitNoSnapshot() throws InterruptedException {
        long startNanos = System.nanoTime();
        while (inSnapshot()) {
            if (secondsSince(startNanos) > SNAPSHOT_SECONDS_MAX) {
                throw new IllegalStateException(
                        kind.snapshot() + ": expected an end within " + SNAPSHOT_SECONDS_MAX + " s");
            }
            TimeUnit.MILLISECONDS.sleep(SNAPSHOT_POLL_MILLIS);
        }
    }

    private boolean inSnapshot() {
        String info = (String) call("INFO", "persistence");
        return info.contains(kind.snapshotField() + ":1") || info.contains("aof_rewrite_scheduled:1");
    }

    /** Time of the processors that it has used. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc", "" + process.pid(), "stat"));
        // Behind the name, which may hold spaces.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME_FIELD]) + Long.parseLong(fields[UTIME_FIELD + 1])) / TICKS_PER_SECOND;
    }

    /** Its memory when nothing goes on any more, and what it gives back within some seconds is given back. */
    double settledMib() throws Exception {
        awaitNoSnapshot();
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        return residentMib();
    }

    double residentMib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", "" + process.pid(), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        return Double.NaN;
    }

    /** Stops it in order; its data stays. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
