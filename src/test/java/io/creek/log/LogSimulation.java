package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One node's log over several lives on a bad disk, from one seed. It keeps what the log has told, and checks after each death
 * that it was true:
 *
 * <ul>
 *   <li>what is replayed is what was appended, whole, in order, without a hole, behind the start of the newest snapshot;
 *   <li>with the snapshot it makes the keyspace as it was after the last frame;
 *   <li>a kill takes nothing that was written, a power loss nothing that was durable;
 *   <li>what was replayed once stays;
 *   <li>no sequence is given out twice; no version below a ceiling that counted is issued again;
 *   <li>a crash alone never looks like damage.
 * </ul>
 */
final class LogSimulation {
    static final int SEEDS = 600;
    private static final int LIVES = 8;
    private static final int STEPS_MAX = 120;
    private static final long CAPACITY_BYTES = 2 << 20;

    /** Where a snapshot can be begun: too late is a fault. */
    enum SnapshotStart {
        BEFORE_THE_WALK,
        AFTER_THE_WALK
    }

    private record Told(long sequence, String text) {}

    private final Random random;
    private final SimulatedDisk disk;
    private final SnapshotStart snapshotStart;
    private final FsyncPolicy fsync;
    private final Map<Long, String> given = new HashMap<>();

    private List<Told> history = new ArrayList<>();
    private @Nullable String inFlight;
    private long writtenTold;
    private long durableTold;
    private long ceilingTold;
    private int texts;
    private boolean opened;
    private int snapshots;
    private int crashPoints;

    private SimulatedKeyspace keyspace = new SimulatedKeyspace();
    private @Nullable SnapshotWriter snapshot;
    private List<String> walked = new ArrayList<>();
    private int slice;

    LogSimulation(Random random, SimulatedDisk disk, SnapshotStart snapshotStart) {
        this.random = random;
        this.disk = disk;
        this.snapshotStart = snapshotStart;
        this.fsync = pick(FsyncPolicy.ALWAYS, FsyncPolicy.EVERYSEC, FsyncPolicy.NO);
    }

    static LogSimulation of(long seed) {
        Random random = new Random(seed);
        return new LogSimulation(random, new SimulatedDisk(CAPACITY_BYTES, random), SnapshotStart.BEFORE_THE_WALK);
    }

    /**
     * What the lives came by.
     *
     * @param crashPoints lives that ended within an operation of the disk
     * @param snapshots that were finished
     */
    record Counts(int crashPoints, int snapshots) {}

    /** Runs seeds, as many as it takes to come by everything. */
    static Counts runMany() {
        int crashPoints = 0;
        int snapshots = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            LogSimulation simulation = of(seed);
            try {
                simulation.run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            crashPoints += simulation.crashPoints;
            snapshots += simulation.snapshots;
        }
        return new Counts(crashPoints, snapshots);
    }

    void run() throws IOException {
        for (int life = 0; life < LIVES; life++) {
            boolean powerLoss = random.nextBoolean();
            disk.crashAfter(random.nextInt(6) == 0 ? 1 + random.nextInt(20) : 1 + random.nextInt(300));
            try {
                live();
            } catch (SimulatedDisk.Crash crash) {
                // Died at an operation.
                crashPoints++;
            } catch (LogFailedException e) {
                // The process ends itself; with the disk full it would have refused instead.
                crashPoints += e.getCause() instanceof SimulatedDisk.Crash ? 1 : 0;
                assertThat(disk.hasFailed() || e.getCause() instanceof SimulatedDisk.Crash)
                        .as("fsync failed before %s", e.getMessage())
                        .isTrue();
            } catch (DiskFullException e) {
                // It could not start.
                assertThat(opened).isFalse();
            }
            disk.restart(powerLoss);
            disk.capacity(CAPACITY_BYTES);
            if (powerLoss) {
                writtenTold = durableTold;
            }
        }
        disk.neverCrash();
        DataDirectory directory = DataDirectory.open(disk, random);
        recover(directory).close();
        directory.close();
    }

    /** Until something ends it. */
    private void live() throws IOException {
        opened = false;
        DataDirectory directory = DataDirectory.open(disk, random);
        CommitLog log = recover(directory);
        opened = true;
        int steps = random.nextInt(STEPS_MAX);
        for (int i = 0; i < steps; i++) {
            step(log);
            listen(log);
        }
        if (snapshot != null) {
            snapshot.close();
        }
        log.close();
        listen(log);
        directory.close();
    }

    private void step(CommitLog log) {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> append(log);
            case 4, 5, 6 -> log.write();
            case 7 -> log.sync();
            case 8 -> log.tick();
            case 9 -> log.preallocate();
            case 10 -> log.raiseCeiling(ceilingTold + random.nextInt(1000));
            case 11, 12, 13, 14 -> walk(log);
            default -> trouble();
        }
    }

    private void trouble() {
        switch (random.nextInt(12)) {
            case 0 -> disk.failForceAfter(1 + random.nextInt(3));
            case 1, 2 -> disk.capacity(disk.usedBytes() + random.nextInt(20_000));
            case 3, 4, 5 -> disk.capacity(CAPACITY_BYTES);
            default -> {
                // Nothing goes wrong, mostly.
            }
        }
    }

    private void append(CommitLog log) {
        int bytes =
                switch (random.nextInt(40)) {
                    case 0 -> (int) LogOptions.SEGMENT_BYTES_MIN + random.nextInt(80_000);
                    case 1, 2, 3 -> random.nextInt(20_000);
                    default -> random.nextInt(300);
                };
        String text = SimulatedKeyspace.text(texts++, random.nextInt(SimulatedKeyspace.KEYS), bytes);
        inFlight = text;
        SpaceClass spaceClass = pick(SpaceClass.GROWING, SpaceClass.SHRINKING);
        long sequence = log.append(Entries.of(text), spaceClass);
        inFlight = null;
        if (sequence != CommitLog.REFUSED) {
            assertThat(given.putIfAbsent(sequence, text))
                    .as("sequence %s given out twice", Sequence.text(sequence))
                    .isNull();
            history.add(new Told(sequence, text));
            keyspace.merge(text);
        }
    }

    /** Begins a snapshot, or reads a slice for it, or finishes it. */
    private void walk(CommitLog log) {
        try {
            if (slice == 0) {
                walked = new ArrayList<>();
                snapshot = null;
                if (snapshotStart == SnapshotStart.BEFORE_THE_WALK) {
                    snapshot = log.snapshot(log.appendedSequence());
                }
            }
            if (slice < SimulatedKeyspace.SLICES) {
                List<String> read = keyspace.slice(slice);
                walked.addAll(read);
                slice++;
                if (snapshot != null) {
                    snapshot.add(Entries.of(read.toArray(String[]::new)));
                }
                return;
            }
            slice = 0;
            if (snapshot == null) {
                snapshot = log.snapshot(log.appendedSequence());
                snapshot.add(Entries.of(walked.toArray(String[]::new)));
            }
            if (random.nextInt(8) > 0) {
                snapshot.finish();
                snapshots++;
            }
            snapshot.close();
            snapshot = null;
        } catch (DiskFullException e) {
            abandonSnapshot();
        } catch (IOException e) {
            assertThat(disk.hasFailed() || e.getCause() instanceof DiskFullException)
                    .as("fsync failed, or the disk was full, before %s", e.getMessage())
                    .isTrue();
            abandonSnapshot();
        }
    }

    private void abandonSnapshot() {
        slice = 0;
        if (snapshot != null) {
            snapshot.close();
            snapshot = null;
        }
    }

    @SafeVarargs
    private final <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** What a client could have been told by now. */
    private void listen(CommitLog log) {
        long gate = log.gateSequence();
        writtenTold = Math.max(writtenTold, log.writtenSequence());
        durableTold = Math.max(durableTold, fsync == FsyncPolicy.ALWAYS ? gate : log.durableSequence());
        ceilingTold = Math.max(ceilingTold, log.versionCeiling());
    }

    private CommitLog recover(DataDirectory directory) throws IOException {
        long start = newestSnapshot();
        List<Told> replayed = new ArrayList<>();
        keyspace = new SimulatedKeyspace();
        snapshot = null;
        slice = 0;
        int chunkBytes = 4096 << random.nextInt(3);
        LogOptions options = new LogOptions(fsync, LogOptions.SEGMENT_BYTES_MIN, chunkBytes);
        CommitLog log = CommitLog.open(
                directory,
                options,
                (sequence, type, body) -> {
                    Told told = told(sequence, body);
                    keyspace.merge(told.text);
                    if (sequence > start) {
                        replayed.add(told);
                    }
                },
                Reserve.NOTHING,
                events(),
                SteppedWorkers::new);
        history = check(start, replayed);
        assertThat(log.recoveredCeiling()).as("ceiling").isGreaterThanOrEqualTo(ceilingTold);
        for (Told told : replayed) {
            assertThat(given.computeIfAbsent(told.sequence, sequence -> told.text))
                    .isEqualTo(told.text);
        }
        inFlight = null;
        // Clients are told from within the log's step, which may still die afterwards.
        log.onGate(() -> listen(log));
        log.onCeiling(() -> listen(log));
        listen(log);
        return log;
    }

    private static Told told(long sequence, ByteBuffer body) {
        byte[] text = new byte[body.remaining()];
        body.get(text);
        return new Told(sequence, new String(text, java.nio.charset.StandardCharsets.UTF_8));
    }

    /** The start of the snapshot that will be read, 0 when there is none. */
    private long newestSnapshot() {
        return disk.list(DataDirectory.LOG).stream()
                .filter(SnapshotFormat::isName)
                .mapToLong(SnapshotFormat::start)
                .max()
                .orElse(0);
    }

    /** Returns what is history now. */
    private List<Told> check(long start, List<Told> replayed) {
        List<Told> recovered = new ArrayList<>(
                history.stream().filter(told -> told.sequence <= start).toList());
        recovered.addAll(replayed);
        List<Told> expected = new ArrayList<>(history);
        if (recovered.size() > expected.size() && inFlight != null) {
            expected.add(new Told(recovered.get(expected.size()).sequence, inFlight));
        }
        assertThat(recovered.size()).as("frames recovered").isLessThanOrEqualTo(expected.size());
        assertThat(recovered).as("recovered").isEqualTo(expected.subList(0, recovered.size()));
        for (Told lost : expected.subList(recovered.size(), expected.size())) {
            assertThat(lost.sequence)
                    .as("lost though told: %s", Sequence.text(lost.sequence))
                    .isGreaterThan(writtenTold);
        }
        SimulatedKeyspace model = new SimulatedKeyspace();
        recovered.forEach(told -> model.merge(told.text));
        assertThat(keyspace).as("keyspace").isEqualTo(model);
        return recovered;
    }

    private static RecordedEvents events() {
        return new RecordedEvents();
    }
}
