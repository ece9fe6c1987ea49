package io.creek.store;

import io.creek.command.CommandSpec;
import io.creek.command.ShardStatus;
import io.creek.log.CommitLog;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplySize;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard: the keyspace of its partitions, and the only code that changes it.
 *
 * <p>Everything here runs on the shard's event loop, what a turn of the loop brings in batches. A command is evaluated; its writes are
 * appended to the log as one frame, which may be refused: nothing has happened then; they are applied to the keyspace. Once per turn of
 * the loop the log is written; then the replies leave whose frames are behind the log's gate. Every reply, a read's too, waits for the
 * last frame that touched this shard, so that nothing is shown which a crash could take back.
 */
final class Shard {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    /** Tasks that run one behind the other, unless those submit more: their memory fits into a processor's first cache. */
    private static final int BATCH_MAX = 32;

    /**
     * Replies of one turn, beyond which the tasks that are left run in the next: long values, which are arrays until they were sent, are to be
     * garbage soon. Those of a whole batch would be copied by every collection, and fill the old generation.
     */
    private static final long TURN_REPLY_BYTES_MAX = 1 << 20;

    private static final Reply.ErrorReply OVERRUN = new Reply.ErrorReply(
            "OOM command not allowed when replies that wait for their clients take more than half of 'clients_buffer_bytes_max'.");

    private final Store store;
    private final int number;
    private final Keyspace keyspace;
    private final VersionIssuer versions;
    private final CommitLog log;
    private final Loop loop;
    private final WorkingSet working;
    private final FrameAppender appender;
    private final Upkeep upkeep;
    private final Entry entry = new Entry();
    private final KeyLocks locks = new KeyLocks();
    /** Tasks that came, and have not run yet. */
    private @Nullable ShardTask[] batch = new ShardTask[BATCH_MAX];

    private int batched;
    /** A batch runs: what its tasks submit runs behind it. */
    private boolean running;

    /** Of replies that were made in this turn. */
    private long replyBytes;

    private @Nullable ShardTask[] spareBatch = new ShardTask[BATCH_MAX];
    /** Means nothing: without it nothing would be loaded. */
    @SuppressWarnings("UnusedVariable")
    private long loaded;

    /** When the task before the one that runs was done. */
    private long lapNanos;

    private final ArrayDeque<ShardTask> awaitingVersions = new ArrayDeque<>();
    private final ArrayDeque<ShardTask> gated = new ArrayDeque<>();
    /** Tasks that the gate has let go, by the number of the proxy that they go back to. */
    private final List<List<ShardTask>> released = new ArrayList<>();

    private long lastSequence;
    private boolean turnEnds;
    private long hits;
    private long misses;

    /** @param number of the shard, whose keyspace recovery has filled */
    Shard(Store store, int number, Loop loop) {
        this.store = store;
        this.number = number;
        this.appender = new FrameAppender(store);
        this.keyspace = store.keyspace(number);
        this.versions = store.versions(number);
        this.log = store.log();
        this.loop = loop;
        this.upkeep = new Upkeep(store, keyspace, loop, versions, locks);
        this.working = new WorkingSet(keyspace.placement(), store::valueBytesMax, store::evaluationBytesMax, keyspace);
        log.onGate(() -> loop.execute(() -> release(log.gateSequence())));
        log.onCeiling(() -> loop.execute(this::resume));
    }

    Loop loop() {
        return loop;
    }

    int number() {
        return number;
    }

    Keyspace keyspace() {
        return keyspace;
    }

    Upkeep upkeep() {
        return upkeep;
    }

    VersionIssuer versions() {
        return versions;
    }

    KeyLocks locks() {
        return locks;
    }

    boolean isLocked(byte[] array, int offset, int length) {
        return locks.isLocked(keyspace.placement().of(array, offset, length));
    }

    /** The last frame that touched this shard. */
    long lastSequence() {
        return lastSequence;
    }

    /** Runs the task in this turn of the loop, or when the keys that it needs are free and versions may be issued. */
    void submit(ShardTask task) {
        if (batched == batch.length) {
            batch = Arrays.copyOf(batch, 2 * batched);
        }
        batch[batched++] = task;
        if (batched >= BATCH_MAX && !running && mayReply()) {
            runBatch();
        } else {
            endTurnLater();
        }
    }

    /**
     * First has the memory of all of them loaded, in loops that do little else: so the processor waits for several cache lines at once,
     * where it would wait for one after the other in the midst of each command.
     */
    private void runBatch() {
        ShardTask[] tasks = batch;
        int count = batched;
        batch = spareBatch;
        batched = 0;
        running = true;
        try {
            if (count > 1) {
                load(tasks, count);
            }
            lap();
            for (int i = 0; i < count; i++) {
                if (!mayReply()) {
                    runNext(tasks, i, count);
                    break;
                }
                run(tasks[i]);
                tasks[i] = null;
            }
        } finally {
            running = false;
            spareBatch = tasks;
        }
    }

    private boolean mayReply() {
        return replyBytes < TURN_REPLY_BYTES_MAX;
    }

    /** Puts those that have not run before those that came meanwhile. */
    private void runNext(ShardTask[] tasks, int from, int to) {
        int left = to - from;
        @Nullable ShardTask[] next = new ShardTask[Math.max(BATCH_MAX, left + batched)];
        System.arraycopy(tasks, from, next, 0, left);
        System.arraycopy(batch, 0, next, left, batched);
        Arrays.fill(tasks, from, to, null);
        batch = next;
        batched += left;
    }

    private void load(ShardTask[] tasks, int count) {
        for (int i = 0; i < count; i++) {
            tasks[i].locate(keyspace.placement());
        }
        for (int i = 0; i < count; i++) {
            loaded += tasks[i].loadIndex(keyspace);
        }
        for (int i = 0; i < count; i++) {
            loaded += tasks[i].loadRecord(keyspace);
        }
    }

    private void run(ShardTask task) {
        try {
            admit(task);
        } catch (RuntimeException e) {
            // A defect costs its own client a reply, and nobody else anything.
            LOG.error("{} failed", task.getClass().getSimpleName(), e);
        }
        if (!(task instanceof StoreOperation)) {
            // The next command's time is not this task's.
            lap();
        }
    }

    /** What has passed since this was asked last. */
    long lap() {
        long now = System.nanoTime();
        long lap = now - lapNanos;
        lapNanos = now;
        return lap;
    }

    /** Runs a task that has waited, before those that came later. */
    void retry(ShardTask task) {
        lap();
        admit(task);
    }

    private void admit(ShardTask task) {
        if (!awaitingVersions.isEmpty()) {
            awaitingVersions.add(task);
        } else if (locks.isEmpty() || !locks.defer(task, this)) {
            task.run(this);
        }
    }

    /** Keeps the task, and all that come after it, until the log has made a higher ceiling of versions durable. */
    void awaitVersions(ShardTask task) {
        awaitingVersions.add(task);
    }

    boolean isAwaitingVersions() {
        return !awaitingVersions.isEmpty();
    }

    private void resume() {
        List<ShardTask> tasks = new ArrayList<>(awaitingVersions);
        awaitingVersions.clear();
        // Those that locks kept waiting came before what their clients have sent since.
        locks.retry(this);
        tasks.forEach(this::retry);
    }

    /** Evaluates a command whose keys all belong to this shard. */
    void execute(StoreOperation operation) {
        boolean writes = operation.writes();
        long floor = 0;
        long clock = 0;
        if (writes) {
            // What a transaction writes after a FLUSHALL of its own is above its floor.
            floor = versions.next();
            clock = operation.isOverEveryKey() && floor != VersionIssuer.NONE ? versions.next() : floor;
            if (clock == VersionIssuer.NONE) {
                awaitVersions(operation);
                return;
            }
        }
        working.begin(operation);
        working.at(writes ? HybridClock.millisOf(clock) : versions.nowMillis());
        if (operation.isOverEveryKey()) {
            working.addTotal(keyspace.keys());
        }
        Reply reply = evaluate(operation, working);
        if (!(reply instanceof Reply.ErrorReply) && working.writes()) {
            Reply.ErrorReply refusal = appender.append(working, floor, clock);
            if (refusal == null) {
                apply(working, floor, clock);
                touched(appender.sequence());
                operation.loggedAt(appender.sequence());
            } else {
                reply = operation.refused(refusal);
            }
        }
        count(operation, working);
        working.end();
        operation.evaluated(reply);
        replyBytes += operation.replyBytes();
        gate(operation);
    }

    /** Runs the command on its keys; a defect of the command costs its client an error and nobody anything else. */
    static Reply evaluate(StoreOperation operation, WorkingSet keys) {
        try {
            keys.requireBounded();
            Reply reply = operation.evaluate(keys);
            keys.requireBounded(ReplySize.bytes(reply));
            // Nothing has happened yet. A short reply does no harm, so others than those who ask for much never notice.
            boolean refused = ReplySize.bytes(reply) > 0 && operation.owner().isOverrun();
            return refused ? operation.refused(OVERRUN) : reply;
        } catch (EvaluationTooLargeException e) {
            return operation.refused(e.reply());
        } catch (RuntimeException e) {
            String name = operation.spec().name();
            LOG.error("command {} failed", name, e);
            return Reply.error("ERR internal error: '" + name + "' failed and changed nothing");
        }
    }

    /** Applies what the log has accepted to those of the keys that are this shard's: from here on there is no way back but the log. */
    void apply(WorkingSet accepted, long floor, long clock) {
        try {
            if (accepted.clears()) {
                keyspace.raise(Floors.Floor.ofAll(floor, store.nodeNumber()));
                upkeep.freeFlushed();
            }
            for (int k = 0; k < accepted.size(); k++) {
                WorkingKey key = accepted.key(k);
                if (key.writes() && store.isOf(key.placement, number)) {
                    key.describe(entry, clock, store.nodeNumber());
                    keyspace.put(key.placement, entry, key.stored());
                }
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            store.failed("a logged write could not be applied to memory", e);
        }
    }

    /** Merges what was received, and logged, into this shard. */
    void apply(MergeTask received) {
        try {
            received.apply(keyspace);
            upkeep.freeFlushed();
        } catch (RuntimeException | OutOfMemoryError e) {
            store.failed("a logged mutation of a peer could not be applied to memory", e);
        }
    }

    /** A frame has touched the shard: what is shown from now on waits for it. */
    void touched(long sequence) {
        lastSequence = Math.max(lastSequence, sequence);
    }

    void count(StoreOperation operation, WorkingSet keys) {
        if (operation.spec().flags().contains(CommandSpec.Flag.READONLY)) {
            int existing = keys.existing();
            hits += existing;
            misses += keys.size() - existing;
        }
    }

    /** Lets the task go at the end of this turn, or once the last frame that touched the shard is behind the log's gate. */
    void gate(ShardTask task) {
        // Another shard's frame, which it has seen, may not be written either, and nobody would tell this one.
        touched(task.gatedBy());
        task.gatedBy(lastSequence);
        gated.add(task);
        endTurnLater();
    }

    private void endTurnLater() {
        if (!turnEnds) {
            turnEnds = true;
            loop.execute(this::endTurn);
        }
    }

    private void endTurn() {
        turnEnds = false;
        if (mayReply()) {
            runBatch();
        }
        if (lastSequence > log.writtenSequence()) {
            log.write();
            store.logWritten();
        }
        release(log.gateSequence());
        replyBytes = 0;
        if (batched > 0) {
            endTurnLater();
        }
    }

    private void release(long gate) {
        while (!gated.isEmpty() && gated.element().gatedBy() <= gate) {
            ShardTask task = gated.remove();
            int origin = task.origin().number();
            while (released.size() <= origin) {
                released.add(new ArrayList<>());
            }
            released.get(origin).add(task);
        }
        for (int origin = 0; origin < released.size(); origin++) {
            List<ShardTask> tasks = released.get(origin);
            if (!tasks.isEmpty()) {
                released.set(origin, new ArrayList<>());
                tasks.get(0).origin().deliver(tasks);
            }
        }
    }

    /** Counts hits, misses and expired keys from zero again. */
    void resetCounters() {
        hits = 0;
        misses = 0;
        keyspace.sweep().resetExpiredKeys();
    }

    ShardStatus status() {
        return new ShardStatus(
                keyspace.keys(),
                keyspace.keysWithDeadline(),
                keyspace.tombstones(),
                keyspace.records().takenBytes() + keyspace.indexes().takenBytes(),
                keyspace.records().freeBytes(),
                keyspace.indexes().takenBytes(),
                keyspace.records().volumeBytes() + keyspace.indexes().volumeBytes(),
                keyspace.records().evacuations(),
                keyspace.records().sizes(),
                keyspace.sweep().expiredKeys(),
                keyspace.sweep().forgottenTombstones(),
                upkeep.sweeps(),
                upkeep.sweepNanos(),
                hits,
                misses);
    }
}
