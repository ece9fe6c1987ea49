package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.command.KeyCommand;
import io.creek.command.Keys;
import io.creek.log.DataDirectory;
import io.creek.log.DiskFullException;
import io.creek.log.FsyncPolicy;
import io.creek.log.LogEvents;
import io.creek.log.LogOptions;
import io.creek.log.Sequence;
import io.creek.log.SimulatedDisk;
import io.creek.log.SteppedLog;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplyFormat;
import io.creek.protocol.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A store – proxy, shards, log, snapshots, recovery – over several lives on a bad disk, from one seed, in one thread.
 *
 * <p>Clients send commands to a few keys. Each is evaluated by a plain model too, at the moment when the shard evaluates it, so every reply is
 * checked; and the model keeps what each frame of the log did. A life ends at any operation of the disk: the process is killed, or the
 * power lost. Then the next life has to find exactly what some prefix of the frames did, and at least:
 *
 * <ul>
 *   <li>after a kill, and with {@code always} after a power loss too, all that any reply has shown, reads included;
 *   <li>with {@code everysec}, all that was shown more than a second before;
 *   <li>all that a start has found before.
 * </ul>
 */
final class StoreSimulation {
    static final int SEEDS = 600;
    private static final int LIVES = 12;
    private static final int STEPS_MAX = 1_500;
    private static final int KEYS = 20;
    private static final int HOT_KEYS = 4;
    private static final int CLIENTS = 4;
    private static final int SHARDS_MAX = 3;
    private static final int SHOWN_LATE_MILLIS = 1_000;
    private static final long CAPACITY_BYTES = 2 << 20;
    private static final CommandTable COMMANDS = CommandTable.standard();

    /** @param crashPoints lives that ended within an operation of the disk */
    record Counts(long crashPoints, long shown, long snapshots) {
        Counts plus(Counts other) {
            return new Counts(crashPoints + other.crashPoints, shown + other.shown, snapshots + other.snapshots);
        }
    }

    private record Effect(long sequence, Map<String, PlainModel.@Nullable Stored> changes) {}

    /** A reply was seen at that time which showed the frames up to the sequence. */
    private record Shown(long millis, long sequence) {}

    /** What a command wants to write, while it is not known whether the log takes it. */
    private record Pending(Call call, Map<String, PlainModel.@Nullable Stored> changes, long before) {}

    /** A command of a client, on its way. */
    private static final class Call {
        final Client client;
        final long number;
        final List<String> words;
        Reply expected = Reply.OK;
        long shows;
        boolean refused;

        Call(Client client, List<String> words) {
            this.client = client;
            this.number = ++client.sent;
            this.words = words;
        }

        /** What a client has sent over one key is evaluated in that order. */
        void evaluated() {
            Long before = client.evaluated.put(words.get(1), number);
            assertThat(before == null ? 0 : before)
                    .as("evaluated before %s: a command that its client has sent later", words)
                    .isLessThan(number);
        }
    }

    /** Some send commands one behind the other, and wait for one over several shards, as a session does; some wait always. */
    private final class Client implements StoreOperation.Owner {
        private final Operations operations = new Operations();
        /** By key, the number of the command that was evaluated last. */
        private final Map<String, Long> evaluated = new HashMap<>();

        private long sent;
        private int underWay;
        private boolean waits;

        @Override
        public void completed(StoreOperation operation) {
            underWay--;
            waits = false;
            shown(operation);
            operations.giveBack(operation);
        }
    }

    /** The process has ended itself. */
    private static final class Halted extends Error {
        private static final long serialVersionUID = 1;
    }

    private final Random random;
    private final SimulatedDisk disk;
    private final FsyncPolicy fsync;
    private final IdentityHashMap<Request, Call> calls = new IdentityHashMap<>();
    private final List<Effect> effects = new ArrayList<>();
    private final List<Shown> shownInThisLife = new ArrayList<>();

    private long nowMillis = 1_700_000_000_000L;
    private final InstantSource wall = () -> Instant.ofEpochMilli(nowMillis);
    private long lastSyncMillis;
    private long deathMillis;
    private boolean powerLost;
    private boolean diskTrouble;
    private boolean opened;
    private long foundSequence;
    private long givenSequence;
    private PlainModel found = new PlainModel();
    private PlainModel model = new PlainModel();
    private @Nullable Pending pending;
    private int values;
    private Counts counts = new Counts(0, 0, 0);

    // Of this life:
    private @Nullable Store store;
    private SteppedLog log = new SteppedLog();
    private List<ManualLoop> loops = new ArrayList<>();
    private List<StoreProxy> proxies = new ArrayList<>();
    private List<ManualLoop> clientLoops = new ArrayList<>();
    private List<Client> clients = new ArrayList<>();
    private boolean walking;

    StoreSimulation(Random random, SimulatedDisk disk) {
        this.random = random;
        this.disk = disk;
        this.fsync = List.of(FsyncPolicy.values()).get(random.nextInt(3));
    }

    static Counts run(long seed) {
        Random random = new Random(seed);
        StoreSimulation simulation = new StoreSimulation(random, new SimulatedDisk(CAPACITY_BYTES, random));
        try {
            simulation.run();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
        return simulation.counts;
    }

    /** As many seeds as it takes to come by everything. */
    static Counts runMany() {
        Counts counts = new Counts(0, 0, 0);
        for (long seed = 0; seed < SEEDS; seed++) {
            counts = counts.plus(run(seed));
        }
        return counts;
    }

    void run() throws IOException {
        for (int life = 0; life < LIVES; life++) {
            disk.crashAfter(1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 120));
            try {
                live();
            } catch (SimulatedDisk.Crash crash) {
                counts = counts.plus(new Counts(1, 0, 0));
            } catch (Halted e) {
                counts = counts.plus(new Counts(disk.hasFailed() ? 0 : 1, 0, 0));
            } catch (DiskFullException e) {
                assertThat(opened).as("a full disk ended the process: %s", e).isFalse();
            } finally {
                free();
            }
            die(random.nextBoolean());
        }
        disk.neverCrash();
        open();
        free();
    }

    private void die(boolean powerLoss) {
        if (opened) {
            deathMillis = nowMillis;
            powerLost = false;
            Pending last = pending;
            if (last != null) {
                // Whether the log took it, the next life will show.
                effects.add(new Effect(last.before + 1, last.changes));
            }
        }
        pending = null;
        opened = false;
        powerLost |= powerLoss;
        disk.restart(powerLoss);
        disk.capacity(CAPACITY_BYTES);
        diskTrouble = false;
    }

    private void free() {
        if (store != null) {
            for (int shard = 0; shard < store.shards(); shard++) {
                store.keyspace(shard).close();
            }
            store = null;
        }
    }

    /** Until something ends it. */
    private void live() throws IOException {
        DataDirectory directory = open();
        int steps = random.nextInt(8) == 0 ? random.nextInt(STEPS_MAX) : STEPS_MAX;
        for (int i = 0; i < steps; i++) {
            step();
        }
        if (random.nextBoolean()) {
            closeInOrder(directory);
        }
    }

    private void closeInOrder(DataDirectory directory) throws IOException {
        boolean turned = true;
        while (turned) {
            turned = log.syncIfWanted();
            for (ManualLoop loop : loops) {
                turned |= turn(loop);
            }
        }
        store().log().close();
        directory.close();
    }

    private Store store() {
        if (store == null) {
            throw new IllegalStateException("no life");
        }
        return store;
    }

    private DataDirectory open() throws IOException {
        DataDirectory directory = DataDirectory.open(disk, random);
        log = new SteppedLog();
        int shards = 1 + random.nextInt(1 + random.nextInt(SHARDS_MAX));
        Store life = Store.open(
                directory,
                new LogOptions(fsync, 64 << 10, 4096 << random.nextInt(3)),
                new Store.Options(
                        shards, 1L << 30, StoreBudget.UNLIMITED, 1 << 20, 1 << 26, 1L << 40, false, Optional.empty()),
                wall,
                random,
                new Events(),
                (reason, cause) -> {
                    throw new AssertionError(reason, cause);
                },
                log::open);
        store = life;
        check(life);
        calls.clear();
        loops = new ArrayList<>();
        proxies = new ArrayList<>();
        clientLoops = new ArrayList<>();
        clients = new ArrayList<>();
        walking = false;
        for (int shard = 0; shard < shards; shard++) {
            loops.add(new ManualLoop());
            life.attach(shard, loops.get(shard));
        }
        // One session shares its loop with a shard, the others do not.
        clientLoops.add(loops.get(0));
        ManualLoop other = new ManualLoop();
        loops.add(other);
        clientLoops.add(other);
        for (ManualLoop loop : clientLoops) {
            proxies.add(life.proxy(loop, () -> {}));
        }
        for (int client = 0; client < CLIENTS; client++) {
            clients.add(new Client());
        }
        lastSyncMillis = nowMillis;
        opened = true;
        return directory;
    }

    /** Compares what the life begins with to a prefix of what was done, and that to what has to be left. */
    private void check(Store life) {
        long last = life.log().appendedSequence();
        assertThat(last)
                .as("lost: %s is there, %s was promised", Sequence.text(last), Sequence.text(promised()))
                .isGreaterThanOrEqualTo(promised());
        model = found.copy();
        for (Effect effect : effects) {
            if (effect.sequence <= last) {
                model.apply(effect.sequence, effect.changes);
            }
        }
        for (int shard = 0; shard < life.shards(); shard++) {
            long now = life.versions(shard).nowMillis();
            Map<String, PlainModel.Stored> expected = model.visible(now);
            int ofShard = shard;
            expected.keySet().removeIf(key -> shardOf(key, life.shards()) != ofShard);
            assertThat(contents(life.keyspace(shard), now))
                    .as("found up to %s", Sequence.text(last))
                    .isEqualTo(expected);
        }
        found = model.copy();
        foundSequence = last;
        effects.clear();
        shownInThisLife.clear();
        powerLost = false;
    }

    private static int shardOf(String key, int shards) {
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        return Placement.shardOfKey(bytes, 0, bytes.length, shards);
    }

    /** The frame up to which everything has to be there still. */
    private long promised() {
        long untilMillis =
                switch (powerLost ? fsync : FsyncPolicy.ALWAYS) {
                    case ALWAYS -> Long.MAX_VALUE;
                    case EVERYSEC -> deathMillis - SHOWN_LATE_MILLIS;
                    case NO -> 0;
                };
        return shownInThisLife.stream()
                .filter(shown -> shown.millis < untilMillis)
                .mapToLong(Shown::sequence)
                .reduce(foundSequence, Math::max);
    }

    private static Map<String, PlainModel.Stored> contents(Keyspace keyspace, long nowMillis) {
        Map<String, PlainModel.Stored> contents = new HashMap<>();
        for (long from = 0; from != PartitionIndex.END; ) {
            from = keyspace.walk(from, entry -> {
                String key = text(entry.keyArray, entry.keyOffset, entry.keyLength);
                String value = text(entry.valueArray, entry.valueOffset, entry.valueLength);
                contents.put(key, new PlainModel.Stored(value, entry.deadlineMillis));
                return true;
            });
        }
        contents.values().removeIf(stored -> !stored.visible(nowMillis));
        return contents;
    }

    private static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    private void step() throws IOException {
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5 -> submit();
            case 6, 7 -> {
                if (log.syncIfWanted()) {
                    lastSyncMillis = nowMillis;
                }
            }
            case 8, 9 -> log.preallocate();
            case 10 -> advance(random.nextInt(10) == 0 ? 400 : random.nextInt(30));
            case 11 -> {
                int shard = random.nextInt(store().shards());
                loops.get(shard).execute(store().shard(shard).upkeep()::sweep);
            }
            case 12 -> trouble();
            case 13 -> snapshot();
            default -> turn(loops.get(random.nextInt(loops.size())));
        }
    }

    /** Time passes; the log's sync thread is never late. */
    private void advance(long millis) {
        long end = nowMillis + millis;
        while (end - lastSyncMillis >= SHOWN_LATE_MILLIS) {
            nowMillis = lastSyncMillis + SHOWN_LATE_MILLIS;
            lastSyncMillis = nowMillis;
            log.tick();
        }
        nowMillis = end;
    }

    private void trouble() {
        switch (random.nextInt(20)) {
            case 0 -> {
                disk.failForceAfter(1 + random.nextInt(3));
                diskTrouble = true;
            }
            case 1, 2 -> {
                disk.capacity(disk.usedBytes() + random.nextInt(20_000));
                diskTrouble = true;
            }
            case 3, 4, 5 -> disk.capacity(CAPACITY_BYTES);
            default -> {
                // Nothing goes wrong, mostly.
            }
        }
    }

    private boolean turn(ManualLoop loop) {
        boolean turned = loop.turn();
        settle();
        return turned;
    }

    /** A snapshot, with everything else going on between its visits to the shards. */
    private void snapshot() throws IOException {
        if (walking || random.nextInt(3) > 0) {
            return;
        }
        walking = true;
        try {
            new SnapshotWalk(store(), this::visit).write();
            counts = counts.plus(new Counts(0, 0, 1));
        } catch (IOException e) {
            assertThat(diskTrouble).as("no snapshot without trouble: %s", e).isTrue();
        } finally {
            walking = false;
        }
    }

    private long visit(Shard shard, LongSupplier step) throws IOException {
        long[] answer = new long[1];
        boolean[] done = new boolean[1];
        shard.loop().execute(() -> {
            answer[0] = step.getAsLong();
            done[0] = true;
        });
        while (!done[0]) {
            step();
            turn((ManualLoop) shard.loop());
        }
        return answer[0];
    }

    private void submit() {
        int number = random.nextInt(clients.size());
        Client client = clients.get(number);
        List<String> words = words();
        Request request = Request.of(words.toArray(String[]::new));
        CommandSpec spec = observed(COMMANDS.lookup(request));
        StoreProxy proxy = proxies.get(number % proxies.size());
        StoreOperation operation = client.operations.take(client, spec, request, ReplyFormat.RESP2);
        boolean crosses = proxy.crossesShards(operation);
        if (client.waits || (client.underWay > 0 && (crosses || number % 2 == 0))) {
            return;
        }
        client.underWay++;
        client.waits = crosses;
        calls.put(request, new Call(client, words));
        clientLoops.get(number % proxies.size()).execute(() -> proxy.submit(operation));
    }

    private List<String> words() {
        String key = key();
        String value = "v" + values++ + "x".repeat(random.nextInt(60) == 0 ? 40_000 : random.nextInt(200));
        String millis = String.valueOf(1 + random.nextInt(2_000));
        if (random.nextInt(150) == 0) {
            return List.of("FLUSHALL", "ASYNC");
        }
        return switch (random.nextInt(11)) {
            case 0, 1 -> List.of("SET", key, value);
            case 2 -> List.of("PSETEX", key, millis, value);
            case 3 -> List.of("SETNX", key, value);
            case 4 -> List.of("MSET", key, value, key(), value + "2", key(), value + "3");
            case 5 -> List.of("DEL", key, key());
            case 6 -> List.of("DEL", key);
            case 7 -> List.of("PEXPIRE", key, millis);
            case 8 -> List.of("INCR", "n" + random.nextInt(4));
            case 9 -> List.of("MGET", key, key(), key());
            default -> List.of("GET", key);
        };
    }

    private String key() {
        return "k" + random.nextInt(random.nextBoolean() ? HOT_KEYS : KEYS);
    }

    /** The same command, whose evaluation the model sees. */
    private CommandSpec observed(CommandSpec spec) {
        KeyCommand command = (KeyCommand) spec.command();
        if (command == null) {
            throw new IllegalStateException(spec.name());
        }
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
                (KeyCommand) (request, keys) -> evaluated(request, keys, command.apply(request, keys)),
                spec.subcommands(),
                spec.ordinal());
    }

    private Reply evaluated(Request request, Keys keys, Reply reply) {
        settle();
        Call call = calls.get(request);
        if (call == null) {
            throw new AssertionError("a command of an earlier life");
        }
        call.evaluated();
        PlainModel.Outcome outcome = model.evaluate(call.words, keys.nowMillis());
        assertThat(reply).as("%s", call.words).isEqualTo(outcome.reply());
        call.expected = reply;
        call.shows = model.lastTouched(call.words);
        if (!outcome.changes().isEmpty()) {
            pending = new Pending(call, outcome.changes(), store().log().appendedSequence());
        }
        return reply;
    }

    /** The turn in which a command was evaluated goes on to its commit: by now the log has taken it or not. */
    private void settle() {
        Pending last = pending;
        if (last == null) {
            return;
        }
        pending = null;
        long sequence = store().log().appendedSequence();
        if (sequence == last.before) {
            last.call.refused = true;
            return;
        }
        assertThat(sequence)
                .as("sequence %s used twice", Sequence.text(sequence))
                .isGreaterThan(givenSequence);
        givenSequence = sequence;
        last.call.shows = sequence;
        model.apply(sequence, last.changes);
        effects.add(new Effect(sequence, last.changes));
    }

    private void shown(StoreOperation operation) {
        settle();
        Call call = calls.remove(operation.request());
        if (call == null) {
            throw new AssertionError("answered twice, or of an earlier life: " + operation.request());
        }
        assertThat(operation.reply())
                .as("%s", call.words)
                .isEqualTo(call.refused ? FrameAppender.LOG_REFUSED : call.expected);
        assertThat(!call.refused || diskTrouble).as("refused without trouble").isTrue();
        counts = counts.plus(new Counts(0, 1, 0));
        shownInThisLife.add(new Shown(nowMillis, call.shows));
    }

    /** Ends the process where a node does. */
    private final class Events implements LogEvents {
        @Override
        public void tailCut(String file, long offset, long bytes, long lastSequence) {}

        @Override
        public void diskFull(String reason) {
            assertThat(diskTrouble).as(reason).isTrue();
        }

        @Override
        public void diskHasRoom() {}

        @Override
        public void snapshotFailed(String reason) {}

        @Override
        public void failed(String reason, Throwable cause) {
            assertThat(diskTrouble || cause instanceof SimulatedDisk.Crash)
                    .as(reason)
                    .isTrue();
            throw new Halted();
        }
    }
}
