package io.creek.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs a line of redis-benchmark against a server. */
final class RedisBenchmark {
    private RedisBenchmark() {}

    static BenchResult run(BenchServer server, BenchLine line) throws Exception {
        double cpuBefore = server.cpuSeconds();
        List<Process> running = new ArrayList<>();
        for (List<String> command : line.commands()) {
            running.add(start(server.port(), line, command));
        }
        List<BenchResult> results = new ArrayList<>();
        for (Process benchmark : running) {
            // It writes progress without end: what is read is bounded by its run.
            String output = new String(benchmark.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (benchmark.waitFor() != 0) {
                throw new IOException("redis-benchmark failed: " + output);
            }
            results.add(BenchResult.parse(output));
        }
        double millions = (double) line.requests() * line.commands().size() / 1e6;
        return BenchResult.together(results).of((server.cpuSeconds() - cpuBefore) / millions, server.residentMib());
    }

    private static Process start(int port, BenchLine line, List<String> command) throws IOException {
        int connections = BenchLine.CONNECTIONS / line.commands().size();
        List<String> benchmark = new ArrayList<>(List.of("redis-benchmark", "-p", "" + port));
        benchmark.addAll(List.of("-c", "" + connections, "-n", "" + line.requests()));
        benchmark.addAll(List.of("-r", "" + line.keys(), "-P", "" + line.pipeline()));
        benchmark.addAll(command);
        return new ProcessBuilder(benchmark).redirectErrorStream(true).start();
    }
}
