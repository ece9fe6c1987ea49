package io.creek.store;

import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.command.KeyCommand;
import io.creek.command.Keys;
import io.creek.log.DataDirectory;
import io.creek.log.FsyncPolicy;
import io.creek.log.LogEvents;
import io.creek.log.LogFollower;
import io.creek.log.LogOptions;
import io.creek.log.Sequence;
import io.creek.log.SimulatedDisk;
import io.creek.log.SteppedLog;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplyFormat;
import io.creek.protocol.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of a store on a simulated disk: the real one, but that its loops are turned, and the work of its threads is done, when a simulation
 * of several nodes says so. One thread.
 */
public final class SimulatedStore {
    public static final Reply LOG_REFUSED = FrameAppender.LOG_REFUSED;

    private static final CommandTable COMMANDS = CommandTable.standard();
    private static final long BYTES_MAX = 1L << 30;
    private static final int VALUE_BYTES_MAX = 1 << 20;
    private static final int SEGMENT_BYTES = 64 << 10;
    private static final int CHUNK_BYTES = 8 << 10;

    /** Commands of a client on their way: one, or those of an EXEC. */
    public static final class Call {
        final List<List<String>> commands;
        private long sequence;

        public Call(List<List<String>> commands) {
            this.commands = commands;
        }

        public List<List<String>> commands() {
            return commands;
        }

        /** The frame of what it writes, if it writes anything. */
        public long sequence() {
            return sequence;
        }
    }

    /** Sees its commands when they are evaluated, and gets their replies. */
    public interface Client {
        void evaluated(Call call, List<String> words, long nowMillis, Reply reply);

        void completed(Call call, Reply reply);
    }

    /** A connection: what it sends is done in order. */
    public final class Connection {
        private final Client client;
        private final Owner owner = new Owner(this);
        private final Operations operations = new Operations();
        private final ManualLoop loop;
        private final StoreProxy proxy;
        private int underWay;
        private boolean waits;

        private Connection(Client client, ManualLoop loop, StoreProxy proxy) {
            this.client = client;
            this.loop = loop;
            this.proxy = proxy;
        }

        /** As a session does: behind those under way, but alone when several shards have a part in it. False when it has to wait. */
        public boolean submit(Call call, int underWayMax) {
            StoreOperation operation = operation(call);
            boolean crosses = proxy.crossesShards(operation);
            if (waits || underWay > (crosses ? 0 : underWayMax - 1)) {
                return false;
            }
            underWay++;
            waits = crosses;
            owner.calls.add(call);
            owner.operations.add(operation);
            loop.execute(() -> proxy.submit(operation));
            return true;
        }

        private StoreOperation operation(Call call) {
            if (call.commands.size() == 1) {
                List<String> words = call.commands.get(0);
                Request request = request(words);
                return operations.take(owner, observed(call, words), request, ReplyFormat.RESP2);
            }
            List<TransactionOperation.Queued> queued = new ArrayList<>();
            for (List<String> words : call.commands) {
                queued.add(new TransactionOperation.Queued(observed(call, words), request(words)));
            }
            Request exec = Request.of("EXEC");
            return new TransactionOperation(
                    owner, COMMANDS.lookup(exec), exec, ReplyFormat.RESP2, queued, new WatchedKeys());
        }

        private static Request request(List<String> words) {
            return Request.of(words.toArray(String[]::new));
        }

        /** The command, whose evaluation the client sees. */
        private CommandSpec observed(Call call, List<String> words) {
            CommandSpec spec = COMMANDS.lookup(request(words));
            KeyCommand command = (KeyCommand) Objects.requireNonNull(spec.command());
            KeyCommand observed = (request, keys) -> evaluated(call, words, keys, command.apply(request, keys));
            return new CommandSpec(
                    spec.name(),
                    spec.arity(),
                    spec.flags(),
                    spec.firstKey(),
                    spec.lastKey(),
                    spec.keyStep(),
                    spec.group(),
                    spec.since(),
                    spec.complexity(),
                    spec.summary(),
                    spec.syntax(),
                    observed,
                    spec.subcommands(),
                    spec.ordinal());
        }

        private Reply evaluated(Call call, List<String> words, Keys keys, Reply reply) {
            // What is evaluated now is appended next, or refused.
            long before = store.log().appendedSequence();
            call.sequence = Sequence.start(before) == store.log().start()
                    ? before + 1
                    : Sequence.of(store.log().start(), 1);
            client.evaluated(call, words, keys.nowMillis(), reply);
            return reply;
        }
    }

    private static final class Owner implements StoreOperation.Owner {
        private final Connection connection;
        private final List<Call> calls = new ArrayList<>();
        private final List<StoreOperation> operations = new ArrayList<>();

        Owner(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void completed(StoreOperation operation) {
            int at = operations.indexOf(operation);
            if (at < 0) {
                throw new AssertionError("answered twice, or never sent: " + operation.request());
            }
            operations.remove(at);
            connection.underWay--;
            connection.waits = false;
            connection.client.completed(calls.remove(at), Objects.requireNonNull(operation.reply()));
            connection.operations.giveBack(operation);
        }
    }

    private final Store store;
    private final SteppedLog log;
    private final LogFollower witness;
    private final List<ManualLoop> loops = new ArrayList<>();
    private final ManualLoop clientLoop;
    private final ManualLoop replicationLoop = new ManualLoop();
    private final StoreProxy ownLoopProxy;
    private final StoreProxy otherLoopProxy;
    private int connections;

    private SimulatedStore(Store store, SteppedLog log) {
        this.store = store;
        this.log = log;
        this.witness = store.log().follow();
        for (int shard = 0; shard < store.shards(); shard++) {
            loops.add(new ManualLoop());
            store.attach(shard, loops.get(shard));
        }
        clientLoop = new ManualLoop();
        loops.add(clientLoop);
        loops.add(replicationLoop);
        // One session shares its loop with a shard, the others do not.
        ownLoopProxy = store.proxy(loops.get(0), () -> {});
        otherLoopProxy = store.proxy(clientLoop, () -> {});
    }

    /** @throws IOException when the disk is full */
    public static SimulatedStore open(
            SimulatedDisk disk, int shards, FsyncPolicy fsync, InstantSource wall, Random random, LogEvents events)
            throws IOException {
        SteppedLog log = new SteppedLog();
        Store store = Store.open(
                DataDirectory.open(disk, random),
                new LogOptions(fsync, SEGMENT_BYTES, CHUNK_BYTES),
                new Store.Options(
                        shards,
                        BYTES_MAX,
                        StoreBudget.UNLIMITED,
                        VALUE_BYTES_MAX,
                        64 * VALUE_BYTES_MAX,
                        1L << 40,
                        true,
                        Optional.empty()),
                wall,
                random,
                events,
                (reason, cause) -> {
                    throw new AssertionError(reason, cause);
                },
                log::open);
        return new SimulatedStore(store, log);
    }

    /** A clock value at or below which every member has everything. */
    public long horizon() {
        return store.local().horizon();
    }

    public long nodeNumber() {
        return store.nodeNumber();
    }

    public int shards() {
        return store.shards();
    }

    public PeerMerges peers() {
        return store.peers(replicationLoop);
    }

    public Loop replicationLoop() {
        return replicationLoop;
    }

    public Connection connect(Client client) {
        boolean own = connections++ % 2 == 0;
        return own
                ? new Connection(client, loops.get(0), ownLoopProxy)
                : new Connection(client, clientLoop, otherLoopProxy);
    }

    /** Runs one task of one loop that has any; false when none has. */
    public boolean turn(Random random) {
        int first = random.nextInt(loops.size());
        for (int i = 0; i < loops.size(); i++) {
            if (loops.get((first + i) % loops.size()).turn()) {
                return true;
            }
        }
        return false;
    }

    public boolean hasTasks() {
        for (ManualLoop loop : loops) {
            if (loop.hasTasks()) {
                return true;
            }
        }
        return false;
    }

    /** What the log's sync thread does when it was asked to; whether it was. */
    public boolean syncIfWanted() {
        return log.syncIfWanted();
    }

    /** What it does when it was not asked for a second. */
    public void tick() {
        log.tick();
    }

    public void preallocate() {
        log.preallocate();
    }

    public void sweep() {
        for (int shard = 0; shard < store.shards(); shard++) {
            store.shard(shard).loop().execute(store.shard(shard).upkeep()::sweep);
        }
    }

    /** A snapshot, with other work of the loops between its visits to them. */
    public void snapshot(Random random) throws IOException {
        new SnapshotWalk(store, (shard, step) -> visit(shard, step, random)).write();
    }

    private long visit(Shard shard, LongSupplier step, Random random) {
        long[] answer = new long[1];
        boolean[] done = new boolean[1];
        shard.loop().execute(() -> {
            answer[0] = step.getAsLong();
            done[0] = true;
        });
        while (!done[0]) {
            turn(random);
        }
        return answer[0];
    }

    /** A frame that was made here. */
    public record OwnFrame(long sequence, List<HeldEntry> entries) {}

    /** The next own frame behind the cursor and at or below the gate; null when there is none. */
    public @Nullable OwnFrame ownFrameBehind(long cursor) throws LogFollower.CursorLostException {
        try {
            long at = cursor;
            while (true) {
                LogFollower.Batch batch = witness.read(at, 1);
                if (batch.entries().hasRemaining()) {
                    return new OwnFrame(batch.to(), HeldEntry.decode(batch.entries()));
                }
                if (batch.to() == at) {
                    return null;
                }
                at = batch.to();
            }
        } catch (IOException e) {
            throw new AssertionError("the log cannot be read", e);
        }
    }

    public long gate() {
        return store.log().gateSequence();
    }

    public long appended() {
        return store.log().appendedSequence();
    }

    public long durable() {
        return store.log().durableSequence();
    }

    /** What is held of the key; null when nothing is. */
    public @Nullable HeldEntry find(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
        Keyspace keyspace = store.keyspace(shardOf(key));
        StoredEntry stored = keyspace.view();
        keyspace.find(store.placement().of(bytes, 0, bytes.length), bytes, 0, bytes.length, stored);
        if (!stored.found()) {
            return null;
        }
        Entry entry = new Entry();
        keyspace.entries().describe(stored, entry);
        return HeldEntry.of(entry);
    }

    /** All entries, tombstones too, without floors. */
    public List<HeldEntry> entries() {
        List<HeldEntry> entries = new ArrayList<>();
        for (int shard = 0; shard < store.shards(); shard++) {
            Keyspace keyspace = store.keyspace(shard);
            for (long from = 0; from != PartitionIndex.END; ) {
                from = keyspace.walk(from, entry -> entries.add(HeldEntry.of(entry)));
            }
        }
        return entries;
    }

    /** The floor that all partitions have; null when one has none. */
    public @Nullable HeldEntry floor() {
        HeldEntry least = null;
        for (int partition = 0; partition < Placement.PARTITIONS; partition++) {
            HeldEntry floor = floor(partition);
            if (floor == null) {
                return null;
            }
            least = least == null || least.stamp().compareTo(floor.stamp()) > 0 ? floor : least;
        }
        return least;
    }

    /** The floor that the key's partition has; null when there is none. */
    public @Nullable HeldEntry floor(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
        return floor(Placement.partition(store.placement().of(bytes, 0, bytes.length)));
    }

    private @Nullable HeldEntry floor(int partition) {
        Floors.Floor floor = store.keyspace(partition % store.shards()).floors().of(partition);
        return floor == null ? null : HeldEntry.of(floor);
    }

    private int shardOf(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
        return Placement.shardOfKey(bytes, 0, bytes.length, store.shards());
    }

    /** The process is gone: its memory is given back, the disk stays as it is. */
    public void free() {
        store.freeMemory();
    }
}
