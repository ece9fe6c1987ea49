package io.creek;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * What a client notices of long work: {@code StallMain port keys writes-per-second [phase...]}. Fills a running server with keys, then asks for one key every
 * millisecond – counting from when it should have asked, so that a stall counts for all that it held up – while nothing else happens, while
 * others write, and beside a snapshot, KEYS, SCAN, and FLUSHALL. A thread that only sleeps tells what the machine itself adds.
 */
final class StallMain {
    private static final int QUIET_SECONDS = 10;
    private static final int WRITERS = 4;
    private static final int BATCH = 50;
    private static final String VALUE = "v".repeat(64);

    private final int port;
    private final int keys;
    private final int writesPerSecond;

    private StallMain(int port, int keys, int writesPerSecond) {
        this.port = port;
        this.keys = keys;
        this.writesPerSecond = writesPerSecond;
    }

    private interface Work {
        void run(RespClient client);
    }

    public static void main(String[] arguments) throws Exception {
        StallMain stalls = new StallMain(
                Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        List<String> phases = arguments.length > 3
                ? Arrays.asList(arguments).subList(3, arguments.length)
                : List.of("quiet", "writes", "save", "writes", "save", "keys", "scan", "tag", "flushall");
        stalls.fill("key:", stalls.keys);
        for (String phase : phases) {
            stalls.run(phase);
        }
    }

    private void run(String phase) throws Exception {
        Work quiet = client -> LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(QUIET_SECONDS));
        switch (phase) {
            case "quiet" -> measure("nothing", false, quiet);
            case "writes" -> measure("writes", true, quiet);
            case "save" -> measure("writes and SAVE", true, client -> client.call("SAVE"));
            case "keys" ->
                measure("KEYS of all, three times", false, client -> {
                    for (int i = 0; i < 3; i++) {
                        keys();
                    }
                });
            case "scan" -> measure("SCAN through all", false, client -> scan(client, "1000"));
            case "tag" -> {
                fill("{tag}:", keys / 2);
                measure("SCAN through all, a third of it with one hash tag", false, client -> scan(client, "1000"));
            }
            case "flushall" ->
                measure("FLUSHALL, and a second after it", false, client -> {
                    client.call("FLUSHALL");
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                });
            default -> throw new IllegalArgumentException(phase);
        }
    }

    /** By redis-cli: millions of strings would make this process the one that stalls. */
    private void keys() {
        try {
            Process cli = new ProcessBuilder("redis-cli", "-p", String.valueOf(port), "KEYS", "*")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (cli.waitFor() != 0) {
                throw new AssertionError("redis-cli failed");
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("redis-cli", e);
        }
    }

    private static void scan(RespClient client, String count) {
        String cursor = "0";
        do {
            List<?> page = (List<?>) Objects.requireNonNull(client.call("SCAN", cursor, "COUNT", count));
            cursor = (String) page.get(0);
        } while (!"0".equals(cursor));
    }

    private void fill(String prefix, int count) {
        try (RespClient client = RespClient.connect(port)) {
            List<String[]> batch = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                batch.add(new String[] {"SET", prefix + i, VALUE});
                if (batch.size() == 1_000 || i + 1 == count) {
                    client.pipeline(batch);
                    batch.clear();
                }
            }
        }
    }

    private void measure(String name, boolean writes, Work work) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newCachedThreadPool();
        List<long[]> results = new ArrayList<>();
        try (RespClient worker = RespClient.connect(port, 600_000)) {
            for (int writer = 0; writes && writer < WRITERS; writer++) {
                int number = writer;
                pool.execute(() -> write(number, done));
            }
            var asked = pool.submit(() -> OpenLoop.ask(port, pool, done));
            var slept = pool.submit(() -> OpenLoop.sleep(done));
            long startedNanos = System.nanoTime();
            work.run(worker);
            long tookNanos = System.nanoTime() - startedNanos;
            done.set(true);
            results.add(asked.get());
            results.add(slept.get());
            System.out.printf(
                    Locale.ROOT,
                    "%-48s %8.0f ms | GET %s | sleeper %s%n",
                    name,
                    tookNanos / 1e6,
                    OpenLoop.summary(results.get(0)),
                    OpenLoop.summary(results.get(1)));
        } finally {
            done.set(true);
            pool.shutdown();
        }
    }

    private void write(int writer, AtomicBoolean done) {
        byte[] request = new byte[0];
        long periodNanos = TimeUnit.SECONDS.toNanos(1) * BATCH * WRITERS / writesPerSecond;
        try (RespClient client = RespClient.connect(port)) {
            long due = System.nanoTime();
            for (int i = writer; !done.get(); i += BATCH * WRITERS) {
                StringBuilder commands = new StringBuilder();
                for (int j = 0; j < BATCH; j++) {
                    String key = "key:" + (int) ((i + (long) j * 7_919) % keys);
                    commands.append("*3\r\n$3\r\nSET\r\n$")
                            .append(key.length())
                            .append("\r\n")
                            .append(key)
                            .append("\r\n$64\r\n")
                            .append(VALUE)
                            .append("\r\n");
                }
                request = commands.toString().getBytes(StandardCharsets.US_ASCII);
                client.sendRaw(request);
                for (int j = 0; j < BATCH; j++) {
                    client.rawReply();
                }
                due += periodNanos;
                LockSupport.parkNanos(due - System.nanoTime());
            }
        }
    }
}
