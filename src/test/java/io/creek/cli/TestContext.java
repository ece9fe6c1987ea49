package io.creek.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A process for a subcommand: no terminal, a fixed time, and what it wrote. */
final class TestContext {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();

    TestContext with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    int run(String... arguments) {
        return runWith("", arguments);
    }

    /** @param in what it reads */
    int runWith(String in, String... arguments) {
        return CreekCommand.run(context(in), arguments);
    }

    CliContext context(String in) {
        return new CliContext(
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                false,
                environment,
                () -> Instant.ofEpochMilli(1_000_000),
                new Random(1));
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
