package io.creek;

import io.creek.protocol.RespClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

/**
 * Many cases of {@link HostileInput}: {@code HostileInputMain directory cases}. Goes on where an earlier run was ended. Tells how much resident
 * memory they take, and how long a client that behaves well waits beside them, and between them, when it is alone: by turns, so that what
 * else the machine does is in both.
 */
final class HostileInputMain {
    private static final int BATCH = 1_000;
    private static final long ALONE_MILLIS = 3_000;

    private HostileInputMain() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        long wanted = Long.parseLong(arguments[1]);
        Path progress = directory.resolve("hostile-cases.txt");
        long played = Files.exists(progress)
                ? Long.parseLong(Files.readString(progress).strip())
                : 0;
        long[] alone = {};
        long[] beside = {};
        int port = ServerProcess.freePort();
        ExecutorService pool = Executors.newCachedThreadPool();
        try (ServerProcess node =
                ServerProcess.start(directory, Map.of(), "-port", "" + port).awaitListening(port)) {
            try (RespClient client = RespClient.connect(port)) {
                client.call("SET", "key:1", "value");
            }
            measure(port, pool, () -> TimeUnit.MILLISECONDS.sleep(ALONE_MILLIS));
            long before = HostileInputIT.residentBytes(node.pid());
            while (played < wanted) {
                long from = played;
                long until = Math.min(wanted, from + BATCH);
                alone = both(alone, measure(port, pool, () -> TimeUnit.MILLISECONDS.sleep(ALONE_MILLIS)));
                beside = both(beside, measure(port, pool, () -> {
                    for (long seed = from; seed < until; seed++) {
                        HostileInput.play(port, seed);
                    }
                }));
                played = until;
                Files.writeString(progress, played + "\n");
                System.out.printf(
                        Locale.ROOT,
                        "%d cases, resident memory %+d MiB; a client alone: %s; beside them: %s%n",
                        played,
                        (HostileInputIT.residentBytes(node.pid()) - before) >> 20,
                        OpenLoop.summary(alone),
                        OpenLoop.summary(beside));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    /** How long the well-behaved client waits for its answers while the work is done. */
    private static long[] measure(int port, ExecutorService pool, Work work) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Future<long[]> nanos = pool.submit(() -> OpenLoop.ask(port, pool, done));
        try {
            work.run();
        } finally {
            done.set(true);
        }
        return nanos.get();
    }

    private static long[] both(long[] first, long[] second) {
        return LongStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }
}
