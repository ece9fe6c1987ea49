package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.command.Walk;
import io.creek.command.WalkCommand;
import io.creek.log.DataDirectory;
import io.creek.log.FsyncPolicy;
import io.creek.log.LogEvents;
import io.creek.log.LogOptions;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplyFormat;
import io.creek.protocol.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** A store in a real directory with loops that the test turns, and clients that submit commands by name. One thread. */
final class TestStore implements AutoCloseable {
    private static final CommandTable COMMANDS = CommandTable.standard();

    private static final int VALUE_BYTES_MAX = 8 << 20;
    private static final long EVALUATION_BYTES_MAX = 64 << 20;

    private final DataDirectory directory;
    private final Store store;
    private final List<ManualLoop> loops = new ArrayList<>();
    private final List<Shard> shards = new ArrayList<>();
    private final ManualLoop clientLoop = new ManualLoop();
    private final StoreProxy proxy;
    private final RandomGenerator random;

    TestStore(Path path, int shardCount, FsyncPolicy fsync, long bytesMax, InstantSource wall, RandomGenerator random)
            throws IOException {
        this(path, shardCount, fsync, bytesMax, false, wall, random);
    }

    TestStore(
            Path path,
            int shardCount,
            FsyncPolicy fsync,
            long bytesMax,
            boolean replicated,
            InstantSource wall,
            RandomGenerator random)
            throws IOException {
        this.random = random;
        directory = DataDirectory.open(path, random);
        store = Store.open(
                directory,
                new LogOptions(fsync, 1 << 20, 1 << 16),
                new Store.Options(
                        shardCount,
                        bytesMax,
                        StoreBudget.UNLIMITED,
                        VALUE_BYTES_MAX,
                        EVALUATION_BYTES_MAX,
                        1L << 40,
                        replicated,
                        Optional.empty()),
                wall,
                random,
                new FailingTest(),
                (reason, cause) -> {
                    throw new AssertionError(reason, cause);
                });
        for (int shard = 0; shard < shardCount; shard++) {
            ManualLoop loop = new ManualLoop();
            loops.add(loop);
            shards.add(store.attach(shard, loop));
        }
        loops.add(clientLoop);
        proxy = store.proxy(clientLoop, () -> {});
    }

    Store store() {
        return store;
    }

    Shard shard(int number) {
        return shards.get(number);
    }

    /** One command, run to its reply. */
    Reply call(StoreOperation.Owner client, String... arguments) {
        return await(submit(client, Request.of(arguments)));
    }

    StoreOperation submit(StoreOperation.Owner client, Request request) {
        CommandSpec spec = spec(request);
        if (spec.command() instanceof WalkCommand) {
            return submitWalk(client, request);
        }
        return submit(new StoreOperation(client, spec, request, ReplyFormat.RESP2));
    }

    StoreOperation submitWalk(StoreOperation.Owner client, String... arguments) {
        return submitWalk(client, Request.of(arguments));
    }

    private StoreOperation submitWalk(StoreOperation.Owner client, Request request) {
        CommandSpec spec = spec(request);
        StoreOperation operation = new StoreOperation(client, spec, request, ReplyFormat.RESP2);
        Walk walk = ((WalkCommand) Objects.requireNonNull(spec.command())).walk(request, random);
        assertThat(walk.refusal()).isEmpty();
        clientLoop.execute(() -> proxy.walk(operation, walk));
        return operation;
    }

    /** WATCH: what is seen goes to {@code watched}. */
    Reply watch(StoreOperation.Owner client, WatchedKeys watched, String... keys) {
        List<String> words = new ArrayList<>(List.of("WATCH"));
        words.addAll(List.of(keys));
        Request request = Request.of(words.toArray(String[]::new));
        return await(submit(new WatchOperation(client, spec(request), request, ReplyFormat.RESP2, watched)));
    }

    /** EXEC of these commands. */
    StoreOperation submitExec(StoreOperation.Owner client, WatchedKeys watched, List<String[]> commands) {
        List<TransactionOperation.Queued> queued = new ArrayList<>();
        for (String[] words : commands) {
            Request request = Request.of(words);
            queued.add(new TransactionOperation.Queued(spec(request), request));
        }
        Request exec = Request.of("EXEC");
        return submit(new TransactionOperation(client, spec(exec), exec, ReplyFormat.RESP2, queued, watched));
    }

    private StoreOperation submit(StoreOperation operation) {
        clientLoop.execute(() -> proxy.submit(operation));
        return operation;
    }

    private static CommandSpec spec(Request request) {
        CommandSpec spec = COMMANDS.lookup(request);
        assertThat(spec.refusal(request)).isEmpty();
        return spec;
    }

    /** Turns all loops, one task each in turn, until the reply may be shown. */
    Reply await(StoreOperation operation) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            Reply reply = operation.reply();
            if (reply != null) {
                return reply;
            }
            assertThat(System.nanoTime()).as("no reply in time").isLessThan(deadlineNanos);
            turnAll();
        }
    }

    /** A snapshot, written while the loops turn; answers its entries. */
    long snapshot() {
        CompletableFuture<Long> done = store.snapshots().start().toCompletableFuture();
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!done.isDone()) {
            assertThat(System.nanoTime()).as("no snapshot in time").isLessThan(deadlineNanos);
            turnAll();
        }
        return done.join();
    }

    /** One task of every loop; false when none had one. */
    boolean turnAll() {
        boolean turned = false;
        for (ManualLoop loop : loops) {
            turned |= loop.turn();
        }
        if (!turned) {
            Thread.onSpinWait();
        }
        return turned;
    }

    ManualLoop loop(int number) {
        return loops.get(number);
    }

    ManualLoop clientLoop() {
        return clientLoop;
    }

    @Override
    public void close() throws IOException {
        while (turnAll()) {
            // What is under way runs to its end.
        }
        store.close();
        directory.close();
    }

    private static final class FailingTest implements LogEvents {
        @Override
        public void tailCut(String file, long offset, long bytes, long lastSequence) {
            throw new AssertionError("cut " + file + " at " + offset);
        }

        @Override
        public void diskFull(String reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void diskHasRoom() {}

        @Override
        public void snapshotFailed(String reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void failed(String reason, Throwable cause) {
            throw new AssertionError(reason, cause);
        }
    }
}
