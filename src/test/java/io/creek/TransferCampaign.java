package io.creek;

import io.creek.protocol.RespClient;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Money goes to and fro between {@value #ACCOUNTS} accounts, in transactions of {@value #CLIENTS} connections – some by DECRBY and INCRBY, some by
 * WATCH, GET and SET – while others read all accounts at once; the server is killed in the middle and started again. Every read, and what is there
 * after every start, must add up to the same sum.
 */
final class TransferCampaign {
    static final int ACCOUNTS = 50;
    static final int CLIENTS = 16;
    private static final int READERS = 2;
    private static final long SUM = ACCOUNTS * 1_000L;
    private static final int LOAD_MILLIS_MIN = 200;
    private static final int LOAD_MILLIS_SPAN = 500;
    private static final int READS_MIN = 20;

    private final Path directory;
    private final int shards;
    private final List<Path> classPath;
    private final List<String> wrongSums = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong transfers = new AtomicLong();
    private final AtomicLong conflicts = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private int kills;
    private boolean begun;

    /** @param classPath what stands before the jar, for planted faults */
    TransferCampaign(Path directory, int shards, List<Path> classPath) {
        this.directory = directory;
        this.shards = shards;
        this.classPath = classPath;
    }

    /** One start, check, load and kill. */
    void round(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        int port = ServerProcess.freePort();
        try (ServerProcess creek = start(port)) {
            creek.awaitListening(port);
            try (RespClient client = RespClient.connect(port)) {
                if (!begun) {
                    client.call(opening());
                    begun = true;
                }
                check("after start " + kills, client.call(readAll()));
            }
            load(creek, port, random);
        }
        kills++;
    }

    private ServerProcess start(int port) throws Exception {
        String count = String.valueOf(shards);
        return ServerProcess.start(
                directory,
                Map.of(),
                classPath,
                "-port",
                String.valueOf(port),
                "-shards",
                count,
                "-event_loops",
                count,
                "-data_store_directory",
                "data");
    }

    private void load(ServerProcess creek, int port, SplittableRandom random) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(CLIENTS + READERS);
        for (int i = 0; i < CLIENTS; i++) {
            SplittableRandom own = random.split();
            pool.execute(() -> untilKilled(port, ended, client -> transfer(client, own)));
        }
        long readsBefore = reads.get();
        for (int i = 0; i < READERS; i++) {
            boolean inTransaction = i % 2 == 1;
            pool.execute(() -> untilKilled(port, ended, client -> read(client, inTransaction)));
        }
        long untilNanos =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOAD_MILLIS_MIN + random.nextInt(LOAD_MILLIS_SPAN));
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < untilNanos
                || (reads.get() - readsBefore < READS_MIN && System.nanoTime() < giveUpNanos)) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        ended.set(true);
        creek.close();
        pool.shutdown();
        if (!pool.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new AssertionError("clients did not notice the kill");
        }
    }

    private interface Step {
        void on(RespClient client);
    }

    private void untilKilled(int port, AtomicBoolean ended, Step step) {
        try (RespClient client = RespClient.connect(port)) {
            while (wrongSums.isEmpty()) {
                step.on(client);
            }
        } catch (UncheckedIOException e) {
            if (!ended.get()) {
                wrongSums.add("a connection was lost: " + e);
            }
        }
    }

    private void transfer(RespClient client, SplittableRandom random) {
        String from = account(random.nextInt(ACCOUNTS));
        String to = account(random.nextInt(ACCOUNTS));
        String amount = String.valueOf(random.nextInt(1, 20));
        if (from.equals(to)) {
            return;
        }
        boolean done = random.nextBoolean()
                ? exec(client, List.of(new String[] {"DECRBY", from, amount}, new String[] {"INCRBY", to, amount}))
                : compareAndSet(client, from, to, Integer.parseInt(amount));
        (done ? transfers : conflicts).incrementAndGet();
    }

    private boolean compareAndSet(RespClient client, String from, String to, int amount) {
        client.call("WATCH", from, to);
        int fromBalance = Integer.parseInt((String) Objects.requireNonNull(client.call("GET", from)));
        int toBalance = Integer.parseInt((String) Objects.requireNonNull(client.call("GET", to)));
        return exec(client, List.of(new String[] {"SET", from, String.valueOf(fromBalance - amount)}, new String[] {
            "SET", to, String.valueOf(toBalance + amount)
        }));
    }

    /** Sent in one piece, as client libraries do it; false when a watched key has changed. */
    private static boolean exec(RespClient client, List<String[]> commands) {
        return inTransaction(client, commands) != null;
    }

    private static @Nullable Object inTransaction(RespClient client, List<String[]> commands) {
        List<String[]> all = new ArrayList<>();
        all.add(new String[] {"MULTI"});
        all.addAll(commands);
        all.add(new String[] {"EXEC"});
        List<@Nullable Object> replies = client.pipeline(all);
        return replies.get(replies.size() - 1);
    }

    private void read(RespClient client, boolean inTransaction) {
        if (!inTransaction) {
            check("MGET", client.call(readAll()));
        } else if (inTransaction(client, List.<String[]>of(readAll())) instanceof List<?> replies) {
            check("MGET in MULTI", replies.get(0));
        }
        reads.incrementAndGet();
    }

    private void check(String when, @Nullable Object balances) {
        long sum = 0;
        if (balances instanceof List<?> list) {
            for (Object balance : list) {
                sum += balance instanceof String text ? Long.parseLong(text) : 0;
            }
        }
        if (sum != SUM) {
            wrongSums.add("%s: expected %d, actual %d: %s".formatted(when, SUM, sum, balances));
        }
    }

    private static String[] opening() {
        List<String> words = new ArrayList<>(List.of("MSET"));
        for (int i = 0; i < ACCOUNTS; i++) {
            words.add(account(i));
            words.add(String.valueOf(SUM / ACCOUNTS));
        }
        return words.toArray(String[]::new);
    }

    private static String[] readAll() {
        List<String> words = new ArrayList<>(List.of("MGET"));
        for (int i = 0; i < ACCOUNTS; i++) {
            words.add(account(i));
        }
        return words.toArray(String[]::new);
    }

    private static String account(int number) {
        return "account:" + number;
    }

    /** Where money came from nowhere or went there. */
    List<String> wrongSums() {
        return wrongSums;
    }

    int kills() {
        return kills;
    }

    long transfers() {
        return transfers.get();
    }

    long conflicts() {
        return conflicts.get();
    }

    long reads() {
        return reads.get();
    }

    /** How much was done, and what came of it. */
    @Override
    public String toString() {
        return "%d shards: %d kills, %d transfers, %d conflicts, %d reads of all accounts, %d wrong sums"
                .formatted(shards, kills, transfers(), conflicts(), reads(), wrongSums.size());
    }
}
