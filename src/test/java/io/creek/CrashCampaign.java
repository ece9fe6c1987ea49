package io.creek;

import io.creek.protocol.RespClient;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Rounds of: start a server on the same directory, check all that was ever acknowledged, write from {@value #CLIENTS} connections, {@code
 * kill -9}.
 *
 * <p>Each client owns its keys. It overwrites and deletes them with numbered values whose length and bytes follow from the number; after a kill
 * a key must hold the last acknowledged write or one sent after it, whole.
 */
final class CrashCampaign {
    static final int CLIENTS = 8;
    private static final int KEYS_OF_A_CLIENT = 200;
    private static final int PIPELINE_MAX = 16;
    private static final int WRITE_MILLIS_MIN = 200;
    private static final int WRITE_MILLIS_SPAN = 400;
    private static final int ACKNOWLEDGED_MIN = 1_000;

    private final Path directory;
    private final int shards;
    private final String fsync;
    private final List<Path> classPath;
    private final List<Map<String, History>> histories = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    private final List<String> torn = new ArrayList<>();
    private final AtomicInteger acknowledged = new AtomicInteger();

    /** The numbers of a key's last acknowledged write and of the last that was sent; even ones set it, odd ones delete it. */
    private static final class History {
        private int acknowledged;
        private int sent;
    }

    /** @param classPath what stands before the jar, for planted faults */
    CrashCampaign(Path directory, int shards, String fsync, List<Path> classPath) {
        this.directory = directory;
        this.shards = shards;
        this.fsync = fsync;
        this.classPath = classPath;
        for (int client = 0; client < CLIENTS; client++) {
            histories.add(new HashMap<>());
        }
    }

    /** One start, check, load and kill. */
    void round(long seed) throws Exception {
        int port = ServerProcess.freePort();
        SplittableRandom random = new SplittableRandom(seed);
        try (ServerProcess creek = ServerProcess.start(
                directory,
                Map.of(),
                classPath,
                "-port",
                String.valueOf(port),
                "-shards",
                String.valueOf(shards),
                "-event_loops",
                String.valueOf(shards),
                "-fsync",
                fsync,
                "-data_store_directory",
                "data")) {
            creek.awaitListening(port);
            check(port);
            load(creek, port, random);
        }
    }

    private void check(int port) {
        try (RespClient client = RespClient.connect(port)) {
            for (Map<String, History> keys : histories) {
                List<Map.Entry<String, History>> entries = new ArrayList<>(keys.entrySet());
                List<String[]> gets = entries.stream()
                        .map(entry -> new String[] {"GET", entry.getKey()})
                        .toList();
                List<@Nullable Object> values = client.pipeline(gets);
                for (int i = 0; i < entries.size(); i++) {
                    check(entries.get(i).getKey(), entries.get(i).getValue(), (String) values.get(i));
                }
            }
        }
    }

    private void check(String key, History history, @Nullable String value) {
        int number = history.acknowledged;
        if (value == null) {
            // A deletion that was acknowledged, or sent after; or nothing was ever acknowledged.
            boolean deletionSent = history.acknowledged % 2 == 1 || history.sent > history.acknowledged;
            if (!deletionSent && history.acknowledged > 0) {
                lost.add(key + ": write " + history.acknowledged + " was acknowledged, there is nothing");
            }
            return;
        }
        try {
            number = Integer.parseInt(value.substring(0, value.indexOf(':')));
        } catch (RuntimeException e) {
            torn.add(key + ": not a value that was written, of length " + value.length());
            return;
        }
        if (!value.equals(value(number))) {
            torn.add(key + ": write " + number + " is there in part");
        } else if (number < history.acknowledged || number > history.sent) {
            lost.add(key + ": write " + history.acknowledged + " was acknowledged, " + number + " is there");
        }
        history.acknowledged = number;
    }

    private void load(ServerProcess creek, int port, SplittableRandom random) throws Exception {
        int before = acknowledged.get();
        AtomicBoolean killed = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
            Map<String, History> keys = histories.get(i);
            String prefix = "client" + i + ":";
            SplittableRandom ownRandom = random.split();
            pool.execute(() -> write(port, prefix, keys, ownRandom, killed));
        }
        long untilNanos =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WRITE_MILLIS_MIN + random.nextInt(WRITE_MILLIS_SPAN));
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < untilNanos
                || (acknowledged.get() - before < ACKNOWLEDGED_MIN && System.nanoTime() < giveUpNanos)) {
            Thread.onSpinWait();
            TimeUnit.MILLISECONDS.sleep(1);
        }
        killed.set(true);
        creek.close();
        pool.shutdown();
        if (!pool.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new AssertionError("clients did not notice the kill");
        }
    }

    private void write(
            int port, String prefix, Map<String, History> keys, SplittableRandom random, AtomicBoolean killed) {
        try (RespClient client = RespClient.connect(port)) {
            while (true) {
                int count = 1 + random.nextInt(PIPELINE_MAX);
                List<History> sent = new ArrayList<>();
                int[] numbers = new int[count];
                for (int i = 0; i < count; i++) {
                    String key = prefix + random.nextInt(KEYS_OF_A_CLIENT);
                    History history = keys.computeIfAbsent(key, name -> new History());
                    history.sent++;
                    numbers[i] = history.sent;
                    sent.add(history);
                    if (history.sent % 2 == 1) {
                        client.send("DEL", key);
                    } else {
                        client.send("SET", key, value(history.sent));
                    }
                }
                for (int i = 0; i < count; i++) {
                    client.readReply();
                    sent.get(i).acknowledged = numbers[i];
                    acknowledged.incrementAndGet();
                }
            }
        } catch (UncheckedIOException e) {
            if (!killed.get()) {
                throw e;
            }
        }
    }

    /** Its number, and as many bytes as follow from it: mostly few, sometimes more than one page, record or read holds. */
    private static String value(int number) {
        int length = number % 97 == 0 ? 100_000 : (number * 37) % 500;
        return number + ":" + "x".repeat(length) + ":" + number;
    }

    long acknowledged() {
        return acknowledged.get();
    }

    List<String> lost() {
        return lost;
    }

    List<String> torn() {
        return torn;
    }
}
