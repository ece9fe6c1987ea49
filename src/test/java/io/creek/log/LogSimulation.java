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
 *   <li>what is replayed is what was appended, whole, in order, without a hole;
 *   <li>a kill takes nothing that was written, a power loss nothing that was durable;
 *   <li>what was replayed once stays;
 *   <li>no sequence is given out twice; no version below a ceiling that counted is issued again;
 *   <li>a crash alone never looks like damage.
 * </ul>
 */
final class LogSimulation {
    private static final int LIVES = 8;
    private static final int STEPS_MAX = 120;
    private static final long CAPACITY_BYTES = 2 << 20;

    private record Told(long sequence, String text) {}

    private final Random random;
    private final SimulatedDisk disk;
    private final FsyncPolicy fsync;
    private final Map<Long, String> given = new HashMap<>();

    private List<Told> history = new ArrayList<>();
    private @Nullable String inFlight;
    private long writtenTold;
    private long durableTold;
    private long ceilingTold;
    private int texts;
    private boolean opened;

    LogSimulation(Random random, SimulatedDisk disk) {
        this.random = random;
        this.disk = disk;
        this.fsync = pick(FsyncPolicy.ALWAYS, FsyncPolicy.EVERYSEC, FsyncPolicy.NO);
    }

    static LogSimulation of(long seed) {
        Random random = new Random(seed);
        return new LogSimulation(random, new SimulatedDisk(CAPACITY_BYTES, random));
    }

    void run() throws IOException {
        for (int life = 0; life < LIVES; life++) {
            boolean powerLoss = random.nextBoolean();
            disk.crashAfter(random.nextInt(6) == 0 ? 1 + random.nextInt(20) : 1 + random.nextInt(300));
            try {
                live();
            } catch (SimulatedDisk.Crash crash) {
                // Died at an operation.
            } catch (LogFailedException e) {
                // The process ends itself; with the disk full it would have refused instead.
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
        log.close();
        listen(log);
        directory.close();
    }

    private void step(CommitLog log) {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> append(log);
            case 4, 5, 6 -> log.write();
            case 7 -> log.sync();
            case 8 -> log.tick();
            case 9 -> log.preallocate();
            case 10 -> log.raiseCeiling(ceilingTold + random.nextInt(1000));
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
        String text = texts++ + "x".repeat(bytes);
        inFlight = text;
        SpaceClass spaceClass = pick(SpaceClass.GROWING, SpaceClass.SHRINKING);
        long sequence = log.append(Entries.of(text), spaceClass);
        inFlight = null;
        if (sequence != CommitLog.REFUSED) {
            assertThat(given.putIfAbsent(sequence, text))
                    .as("sequence %s given out twice", Sequence.text(sequence))
                    .isNull();
            history.add(new Told(sequence, text));
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
        List<Told> replayed = new ArrayList<>();
        int chunkBytes = 4096 << random.nextInt(3);
        LogOptions options = new LogOptions(fsync, LogOptions.SEGMENT_BYTES_MIN, chunkBytes);
        CommitLog log = CommitLog.open(
                directory,
                options,
                (sequence, type, body) -> replayed.add(told(sequence, body)),
                events(),
                SteppedWorkers::new);
        check(replayed);
        assertThat(log.recoveredCeiling()).as("ceiling").isGreaterThanOrEqualTo(ceilingTold);
        for (Told told : replayed) {
            assertThat(given.computeIfAbsent(told.sequence, sequence -> told.text))
                    .isEqualTo(told.text);
        }
        history = replayed;
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

    private void check(List<Told> replayed) {
        List<Told> expected = new ArrayList<>(history);
        if (replayed.size() > expected.size() && inFlight != null) {
            expected.add(new Told(replayed.get(expected.size()).sequence, inFlight));
        }
        assertThat(replayed.size()).as("frames replayed").isLessThanOrEqualTo(expected.size());
        assertThat(replayed).as("replayed").isEqualTo(expected.subList(0, replayed.size()));
        for (Told lost : expected.subList(replayed.size(), expected.size())) {
            assertThat(lost.sequence)
                    .as("lost though told: %s", Sequence.text(lost.sequence))
                    .isGreaterThan(writtenTold);
        }
    }

    private static RecordedEvents events() {
        return new RecordedEvents();
    }
}
