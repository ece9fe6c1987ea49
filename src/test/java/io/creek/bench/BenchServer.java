package io.creek.bench;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server that is measured: a process of its own, with an empty directory, on a free port of the loopback interface. */
final class BenchServer implements AutoCloseable {
    private static final long START_SECONDS_MAX = 30;
    private static final long STOP_SECONDS_MAX = 30;
    private static final double TICKS_PER_SECOND = 100;
    private static final int UTIME_FIELD = 11;

    private final Process process;
    private final int port;

    private BenchServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** @param fsync everysec or always */
    static BenchServer redis(Path directory, String fsync) throws Exception {
        int port = freePort();
        return start(
                directory,
                port,
                List.of(
                        "redis-server",
                        "--port",
                        "" + port,
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        fsync));
    }

    /** As shipped, but for where it listens and the fsync. */
    static BenchServer creek(Path launcher, Path directory, String fsync) throws Exception {
        int port = freePort();
        return start(
                directory,
                port,
                List.of(launcher.toString(), "-port", "" + port, "-fsync", fsync, "-data_store_directory", "data"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static BenchServer start(Path directory, int port, List<String> command) throws Exception {
        Files.createDirectories(directory);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log.txt").toFile())
                .start();
        BenchServer server = new BenchServer(process, port);
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (!server.answers()) {
            if (!process.isAlive() || System.nanoTime() > deadlineNanos) {
                server.close();
                throw new IOException(
                        command.get(0) + " does not answer: " + Files.readString(directory.resolve("log.txt")));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return server;
    }

    private boolean answers() {
        try (RespClient client = RespClient.connect(port)) {
            return "PONG".equals(client.call("PING"));
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Runs the line against it. */
    BenchResult run(BenchLine line) throws Exception {
        double cpuBefore = cpuSeconds();
        List<Process> running = new ArrayList<>();
        for (List<String> command : line.commands()) {
            List<String> benchmark = new ArrayList<>(List.of(
                    "redis-benchmark",
                    "-p",
                    "" + port,
                    "-c",
                    "" + BenchLine.CONNECTIONS / line.commands().size(),
                    "-n",
                    "" + line.requests(),
                    "-r",
                    "" + line.keys(),
                    "-P",
                    "" + line.pipeline()));
            benchmark.addAll(command);
            running.add(new ProcessBuilder(benchmark).redirectErrorStream(true).start());
        }
        List<BenchResult> results = new ArrayList<>();
        for (Process benchmark : running) {
            // It writes progress without end: what is read is bounded by its run.
            String output =
                    new String(benchmark.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (benchmark.waitFor() != 0) {
                throw new IOException("redis-benchmark failed: " + output);
            }
            results.add(BenchResult.parse(output));
        }
        double millions = (double) line.requests() * line.commands().size() / 1e6;
        return BenchResult.together(results).of((cpuSeconds() - cpuBefore) / millions, residentMib());
    }

    /** Time of the processors that it has used. */
    private double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc", "" + process.pid(), "stat"));
        // Behind the name, which may hold spaces.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME_FIELD]) + Long.parseLong(fields[UTIME_FIELD + 1])) / TICKS_PER_SECOND;
    }

    private double residentMib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", "" + process.pid(), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        return Double.NaN;
    }

    @Override
    public void close() throws IOException {
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
}
