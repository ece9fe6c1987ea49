package io.creek;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
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
    /** A node that was just started on a machine that is busy may take long to answer. */
    private static final int PATIENCE_MILLIS = 60_000;

    private static final int PRELOADED_STARTS_MAX = 4;
    private static final Duration PRELOADED_START = Duration.ofSeconds(15);
    private static final int KEYS_OF_A_CLIENT = 200;
    private static final int PIPELINE_MAX = 16;
    private static final int WRITE_MILLIS_MIN = 200;
    private static final int WRITE_MILLIS_SPAN = 400;
    private static final int ACKNOWLEDGED_MIN = 1_000;
    private static final int RECOVERY_MILLIS_SPAN = 1_500;
    private static final int SNAPSHOT_MILLIS_SPAN = 60;

    private final Path directory;
    private final int shards;
    private final String fsync;
    private final List<Path> classPath;
    private final List<Map<String, History>> histories = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    private final List<String> torn = new ArrayList<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private int kills;
    private int killsInRecovery;
    private int killsInSnapshots;

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

    /** One start, check, load and kill; now and then a start that is killed while it recovers, or a kill while a snapshot is written. */
    void round(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        if (random.nextInt(5) == 0) {
            try (ServerProcess creek = start(ServerProcess.freePort(), Map.of())) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(RECOVERY_MILLIS_SPAN));
                killsInRecovery += creek.isAlive() ? 1 : 0;
            }
        }
        boolean snapshot = random.nextInt(3) == 0;
        round(random, Map.of(), (creek, port) -> {
            if (snapshot) {
                try (RespClient client = RespClient.connect(port, PATIENCE_MILLIS)) {
                    client.send("BGSAVE");
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(SNAPSHOT_MILLIS_SPAN));
                    killsInSnapshots++;
                }
            }
        });
        kills++;
    }

    /** What happens to the server under load, before it is killed if it still lives. */
    interface Ending {
        void bring(ServerProcess creek, int port) throws Exception;
    }

    /** One start, check and load, and an end. */
    void round(SplittableRandom random, Map<String, String> environment, Ending ending) throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess creek = startListening(port, environment)) {
            check(port);
            load(creek, port, random, ending);
        }
    }

    /** With a library before the C library's the JVM may stand still before Creek's first line runs: see {@link FsyncFailureIT}. */
    private ServerProcess startListening(int port, Map<String, String> environment) throws Exception {
        for (int attempt = 1; environment.containsKey("LD_PRELOAD") && attempt < PRELOADED_STARTS_MAX; attempt++) {
            ServerProcess creek = start(port, environment);
            if (creek.listensWithin(PRELOADED_START, port)) {
                return creek;
            }
            creek.close();
        }
        return start(port, environment).awaitListening(port);
    }

    private ServerProcess start(int port, Map<String, String> environment) throws Exception {
        return ServerProcess.start(
                directory,
                environment,
                classPath,
                "-port",
                String.valueOf(port),
                "-shards",
                String.valueOf(shards),
                "-event_loops",
                String.valueOf(shards),
                "-fsync",
                fsync,
                "-log_segment_bytes",
                "1MiB",
                "-data_store_directory",
                "data");
    }

    private void check(int port) {
        try (RespClient client = RespClient.connect(port, PATIENCE_MILLIS)) {
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

    private void load(ServerProcess creek, int port, SplittableRandom random, Ending ending) throws Exception {
        int before = acknowledged.get();
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
            Map<String, History> keys = histories.get(i);
            String prefix = "client" + i + ":";
            SplittableRandom ownRandom = random.split();
            pool.execute(() -> write(port, prefix, keys, ownRandom, ended));
        }
        long untilNanos =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WRITE_MILLIS_MIN + random.nextInt(WRITE_MILLIS_SPAN));
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < untilNanos
                || (acknowledged.get() - before < ACKNOWLEDGED_MIN && System.nanoTime() < giveUpNanos)) {
            Thread.onSpinWait();
            TimeUnit.MILLISECONDS.sleep(1);
        }
        ended.set(true);
        ending.bring(creek, port);
        creek.close();
        pool.shutdown();
        if (!pool.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new AssertionError("clients did not notice the kill");
        }
    }

    private void write(
            int port, String prefix, Map<String, History> keys, SplittableRandom random, AtomicBoolean ended) {
        try (RespClient client = RespClient.connect(port, PATIENCE_MILLIS)) {
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
            if (!ended.get()) {
                throw e;
            }
        }
    }

    /** Its number, and as many bytes as follow from it: mostly few, sometimes more than one page, record or read holds. */
    private static String value(int number) {
        int length = number % 97 == 0 ? 100_000 : (number * 37) % 500;
        return number + ":" + "x".repeat(length) + ":" + number;
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** How often, where, and what came of it. */
    @Override
    public String toString() {
        return "%d kills (%d during recovery, %d during or after a snapshot), fsync %s, %d shards: %d acknowledged, %d lost, %d torn"
                .formatted(
                        kills + killsInRecovery,
                        killsInRecovery,
                        killsInSnapshots,
                        fsync,
                        shards,
                        acknowledged(),
                        lost.size(),
                        torn.size());
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
