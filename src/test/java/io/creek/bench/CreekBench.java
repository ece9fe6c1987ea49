package io.creek.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code creek bench} said: load at a fixed rate, latencies counted from when commands were due.
 *
 * @param operations a second
 * @param p50 milliseconds, as p99, p999 and max
 * @param unsent operations that were due and could not be sent
 */
record CreekBench(double operations, double p50, double p99, double p999, double max, double unsent) {
    /** While it runs. */
    record Running(Process process) {
        /** Waits for its end. */
        CreekBench await() throws IOException, InterruptedException {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("creek bench failed: " + output);
            }
            return parse(output);
        }
    }

    /** @param flags of creek bench, more than the port */
    static Running start(BenchOptions options, int port, List<String> flags) throws IOException {
        List<String> command = new ArrayList<>(List.of(options.launcher().toString(), "bench", "--json"));
        command.addAll(List.of("-h", "127.0.0.1", "-p", String.valueOf(port)));
        command.addAll(flags);
        return new Running(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** @param output of {@code creek bench --json} */
    static CreekBench parse(String output) {
        return new CreekBench(
                figure("operations_per_second", output),
                figure("p50", output),
                figure("p99", output),
                figure("p99.9", output),
                figure("max", output),
                figure("unsent", output));
    }

    private static double figure(String name, String output) {
        Matcher matcher =
                Pattern.compile("\"" + Pattern.quote(name) + "\":([0-9.]+)").matcher(output);
        if (!matcher.find()) {
            throw new IllegalArgumentException("expected " + name + " of creek bench, actual: " + output);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
