package io.creek.store;

import io.creek.command.Backups;
import io.creek.command.PersistenceStatus;
import io.creek.command.ShardStatus;
import io.creek.log.CommitLog;
import io.creek.log.DataDirectory;
import io.creek.log.FrameReplay;
import io.creek.log.FsyncPolicy;
import io.creek.log.LogEvents;
import io.creek.log.LogOptions;
import io.creek.log.Reserve;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The data of this node: its commit log, and a keyspace per shard that was rebuilt from it.
 *
 * <p>Opened by one thread, which may block; then each shard is taken over by its event loop ({@link #attach}), and when all are, the loops
 * that have sessions get their proxies. Closed by one thread after all loops have stopped using it.
 */
public final class Store implements AutoCloseable {

    /** Ends the process: called when memory or disk no longer hold what was promised. Must not return. */
    public interface Failure {
        void fail(String reason, Throwable cause);
    }

    /** Opens the log, with threads of its own or, in a simulation, without. */
    interface LogOpener {
        CommitLog open(
                DataDirectory directory, LogOptions options, FrameReplay replay, Reserve reserve, LogEvents events)
                throws IOException;
    }

    private final Placement placement;
    private final StoreBudget budget;
    /** By shard. */
    private final ArenaMemory[] memory;

    private volatile Options options;
    private volatile Runnable gateMoved = () -> {};
    private final long nodeNumber;
    private final Failure failure;
    private final Keyspace[] keyspaces;
    private final VersionIssuer[] versions;
    private final @Nullable Shard[] shards;
    private final LocalEntries local = new LocalEntries();
    private final CommitLog log;
    private final SnapshotThread snapshots;
    private final OnlineBackup backups;
    private final InstantSource wall;
    private final long recoveredEntries;
    private int proxies;

    /**
     * How much a store may hold, and how it is cut.
     *
     * @param shards any number from 1; it may differ from the last start's
     * @param bytesMax limit of all keyspaces together
     * @param valueBytesMax the longest value that a command may make
     * @param evaluationBytesMax of values that a command or a transaction may read, and may write
     * @param snapshotLogBytes so much log behind the last snapshot, and as much as there is data, makes the next one due
     * @param replicated whether there are peers, so that what was deleted has to be remembered
     * @param volume the directory of mapped files that hold the data; empty holds it in direct memory
     */
    public record Options(
            int shards,
            long bytesMax,
            long indexBytesMax,
            int valueBytesMax,
            long evaluationBytesMax,
            long snapshotLogBytes,
            boolean replicated,
            Optional<Path> volume) {}

    private Store(
            DataDirectory directory,
            LogOptions logOptions,
            Options options,
            InstantSource wall,
            RandomGenerator random,
            LogEvents events,
            Failure failure,
            LogOpener logOpener)
            throws IOException {
        this.failure = failure;
        this.wall = wall;
        this.options = options;
        int shardCount = options.shards();
        placement = new Placement(new SipHash(random.nextLong(), random.nextLong()));
        budget = new StoreBudget(options.bytesMax(), options.indexBytesMax(), shardCount);
        nodeNumber = directory.nodeNumber();
        keyspaces = new Keyspace[shardCount];
        versions = new VersionIssuer[shardCount];
        shards = new Shard[shardCount];
        memory = memory(options);
        for (int shard = 0; shard < shardCount; shard++) {
            keyspaces[shard] = new Keyspace(
                    placement,
                    new RecordStore(memory[shard], budget),
                    new IndexMemory(memory[shard].resident(), budget),
                    options.replicated(),
                    local::horizon,
                    wall.millis());
        }
        try (KeyspaceReplay replay = new KeyspaceReplay(placement, local, keyspaces)) {
            log = logOpener.open(directory, logOptions, replay, this::snapshotBytes, events);
            replay.finish();
            recoveredEntries = replay.entries();
        } catch (IOException | RuntimeException | Error e) {
            freeMemory();
            throw e;
        }
        for (ArenaMemory each : memory) {
            each.serve(budget.arenaPages());
        }
        for (int shard = 0; shard < shardCount; shard++) {
            // What peers have written may be ahead of all that this node has issued.
            long floor = Math.max(log.recoveredCeiling(), keyspaces[shard].newestClock());
            versions[shard] = new VersionIssuer(new HybridClock(wall, floor), wall, log);
        }
        snapshots = new SnapshotThread(this);
        backups = new OnlineBackup(snapshots);
    }

    private static ArenaMemory[] memory(Options options) throws IOException {
        ArenaMemory direct = new DirectMemory();
        if (options.volume().isPresent()) {
            return ScratchFiles.open(options.volume().get(), options.shards(), direct);
        }
        ArenaMemory[] shared = new ArenaMemory[options.shards()];
        Arrays.fill(shared, direct);
        return shared;
    }

    /**
     * Opens the log of the directory and rebuilds the keyspaces from it.
     *
     * @param random gives the secret that the index hashes keys with
     * @throws IOException when what is in the directory cannot be served
     */
    public static Store open(
            DataDirectory directory,
            LogOptions logOptions,
            Options options,
            InstantSource wall,
            RandomGenerator random,
            LogEvents events,
            Failure failure)
            throws IOException {
        return open(directory, logOptions, options, wall, random, events, failure, CommitLog::open);
    }

    static Store open(
            DataDirectory directory,
            LogOptions logOptions,
            Options options,
            InstantSource wall,
            RandomGenerator random,
            LogEvents events,
            Failure failure,
            LogOpener logOpener)
            throws IOException {
        return new Store(directory, logOptions, options, wall, random, events, failure, logOpener);
    }

    /** Hands the shard to its event loop; called on that loop. */
    Shard attach(int number, Loop loop) {
        Shard shard = new Shard(this, number, loop);
        shards[number] = shard;
        return shard;
    }

    /**
     * The way to the shards for the sessions of one loop, once all shards are attached.
     *
     * @param delivered called on the loop after a batch of operations was completed
     */
    public synchronized StoreProxy proxy(Loop loop, Runnable delivered) {
        return new StoreProxy(this, proxies++, loop, delivered);
    }

    public int shards() {
        return keyspaces.length;
    }

    public long nodeNumber() {
        return nodeNumber;
    }

    public long bytesMax() {
        return budget.bytesMax();
    }

    public SnapshotThread snapshots() {
        return snapshots;
    }

    public Backups backups() {
        return backups;
    }

    /** Bytes of the log's frames on disk. */
    public long logBytes() {
        return log.bytes();
    }

    /** Any thread. */
    public PersistenceStatus persistence() {
        return new PersistenceStatus(
                log.bytesSinceSnapshot(),
                log.undurableFrames(),
                log.isDiskFull(),
                snapshots.written(),
                snapshots.failed(),
                snapshots.last().nanos(),
                snapshots.last().entries(),
                recoveredEntries);
    }

    /** Asks every shard for its status, on its loop. Completes there; any thread may ask. */
    public CompletionStage<List<ShardStatus>> status() {
        List<CompletableFuture<ShardStatus>> answers = new ArrayList<>();
        for (int number = 0; number < shards(); number++) {
            Shard shard = shard(number);
            CompletableFuture<ShardStatus> answer = new CompletableFuture<>();
            shard.loop().execute(() -> answer.complete(shard.status()));
            answers.add(answer);
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }

    /** Holds from now on; the number of shards has to stay. Any thread. */
    public void change(Options changed) {
        if (changed.shards() != shards()) {
            throw new IllegalArgumentException("shards: expected " + shards() + ", actual " + changed.shards());
        }
        options = changed;
        budget.limit(changed.bytesMax());
    }

    /** When writes are durable, from now on. Any thread. */
    public void change(FsyncPolicy fsync) {
        log.change(fsync);
    }

    /** Counts hits, misses and expired keys from zero again. Any thread. */
    public void resetCounters() {
        for (int number = 0; number < shards(); number++) {
            Shard shard = shard(number);
            shard.loop().execute(shard::resetCounters);
        }
    }

    long snapshotLogBytes() {
        return options.snapshotLogBytes();
    }

    int valueBytesMax() {
        return options.valueBytesMax();
    }

    long evaluationBytesMax() {
        return options.evaluationBytesMax();
    }

    /** Entries that were merged from the log at the start. */
    public long recoveredEntries() {
        return recoveredEntries;
    }

    /** Writes and syncs what is left, and frees the memory. */
    @Override
    public void close() throws IOException {
        backups.close();
        snapshots.close();
        log.close();
        freeMemory();
    }

    /** Without the log: what is left of it is not written. */
    void freeMemory() {
        for (Keyspace keyspace : keyspaces) {
            keyspace.close();
        }
        for (ArenaMemory each : memory) {
            each.close();
        }
    }

    /** Gives memory that is no longer needed back to the system, a little at a call. Any thread. */
    void trimMemory() {
        for (ArenaMemory each : memory) {
            each.trim();
        }
    }

    /** The way of what peers have written into the shards, once all are attached; for one loop. */
    public PeerMerges peers(Loop loop) {
        return new PeerMerges(this, proxy(loop, () -> {}));
    }

    long wallMillis() {
        return wall.millis();
    }

    /** Has the listener called, on any thread, when more may be behind the log's gate; one listener. */
    void onGateMoved(Runnable listener) {
        gateMoved = listener;
        log.onGate(listener);
    }

    /** A shard has written the log. */
    void logWritten() {
        gateMoved.run();
    }

    /** No entry or floor here has, or had, a version above this clock; 0 when there was never any. Any thread. */
    long newestClock() {
        return Arrays.stream(keyspaces).mapToLong(Keyspace::newestClock).max().orElse(0);
    }

    LocalEntries local() {
        return local;
    }

    PeerCursors cursors() {
        return local.cursors();
    }

    Shard shard(int number) {
        Shard shard = shards[number];
        if (shard == null) {
            throw new IllegalStateException("shard " + number + " has no event loop yet");
        }
        return shard;
    }

    Shard shard(long placed) {
        return shard(Placement.shard(placed, keyspaces.length));
    }

    boolean isOf(long placed, int shard) {
        return Placement.shard(placed, keyspaces.length) == shard;
    }

    Keyspace keyspace(int number) {
        return keyspaces[number];
    }

    VersionIssuer versions(int number) {
        return versions[number];
    }

    Placement placement() {
        return placement;
    }

    StoreBudget budget() {
        return budget;
    }

    /** Whether the disk has no room for more data of one of the shards. Any thread. */
    boolean isFull() {
        for (ArenaMemory each : memory) {
            if (each.isFull()) {
                return true;
            }
        }
        return false;
    }

    CommitLog log() {
        return log;
    }

    long takenBytes() {
        return budget.taken();
    }

    /**
     * About what a snapshot takes when that much more has been logged. An entry is a little smaller there than in memory, or a sixteenth
     * larger at most, since a record counts nodes where a snapshot names them.
     */
    private long snapshotBytes(long loggedBytes) {
        long bytes = loggedBytes;
        for (Keyspace keyspace : keyspaces) {
            bytes += keyspace.records().liveBytes();
        }
        return bytes + bytes / 16;
    }

    void failed(String reason, Throwable cause) {
        failure.fail(reason, cause);
    }
}
