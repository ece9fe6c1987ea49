package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Any byte of a segment or a snapshot that changes below the durable mark: what a start says of it, and what a repair leaves. What a start does
 * not read – the snapshot before the newest, the zeros between frames – it accepts, and finds the same data.
 */
final class FlippedBytesIT {
    private static final LogOptions OPTIONS =
            new LogOptions(FsyncPolicy.EVERYSEC, LogOptions.SEGMENT_BYTES_MIN, 16 << 10);
    private static final int FLIPS = 10_000;
    private static final int FRAMES = 200;
    private static final String PART = ": (header|frame|block|footer) at (\\d+): expected ";

    private final Random random = new Random(17);
    private final List<String> texts = new ArrayList<>();
    private final SimulatedKeyspace keyspace = new SimulatedKeyspace();

    private int refused;
    private int accepted;
    private int repaired;
    private int wrongValues;

    @Test
    void aFlippedByteIsRefusedByNameOrChangesNothing() throws IOException {
        SimulatedDisk whole = filled();
        List<String> names = whole.names().stream()
                .filter(name -> name.endsWith(".log") || name.contains("snapshot-"))
                .filter(name -> used(whole.bytes(name)) > Segment.HEADER_BYTES)
                .toList();
        for (int flip = 0; flip < FLIPS; flip++) {
            String name = names.get(random.nextInt(names.size()));
            SimulatedDisk disk = whole.copy();
            byte[] bytes = disk.bytes(name);
            int at = random.nextInt(used(bytes));
            bytes[at] ^= (byte) (1 + random.nextInt(255));
            disk.replace(name, bytes);
            flipped(disk, name, at, "flip %d in %s at %d".formatted(flip, name, at));
        }
        System.out.printf(
                "flips: %d, refused %d, accepted unchanged %d, repaired %d, wrong values %d%n",
                FLIPS, refused, accepted, repaired, wrongValues);
        assertThat(refused + accepted).isEqualTo(FLIPS);
        assertThat(repaired).isEqualTo(refused).isGreaterThan(FLIPS * 2 / 3);
        assertThat(wrongValues).isZero();
    }

    private void flipped(SimulatedDisk disk, String name, int at, String flip) throws IOException {
        SimulatedKeyspace read = new SimulatedKeyspace();
        DamageException refusal = read(disk, read, flip);
        assertThat(new LogCheck(disk).check().isSound()).as(flip).isEqualTo(refusal == null);
        if (refusal == null) {
            assertThat(read).as(flip).isEqualTo(keyspace);
            accepted++;
            return;
        }
        refused++;
        Matcher place = Pattern.compile(Pattern.quote(name) + PART).matcher(String.valueOf(refusal.getMessage()));
        assertThat(place.find()).as("%s: %s", flip, refusal.getMessage()).isTrue();
        assertThat(Long.parseLong(place.group(2)))
                .as("%s: %s", flip, refusal.getMessage())
                .isLessThanOrEqualTo(at);
        new LogCheck(disk).repair(random);
        SimulatedKeyspace left = new SimulatedKeyspace();
        assertThat(read(disk, left, flip)).as(flip).isNull();
        if (!isSalt(name, at)) {
            assertThat(left.differences(keyspace)).as(flip).isLessThanOrEqualTo(1);
        }
        repaired++;
    }

    /** Without its salt, no frame of a segment can be told from what a client stored. */
    private static boolean isSalt(String name, int at) {
        return name.endsWith(".log") && at >= 24 && at < 32;
    }

    /** What a start finds, or why it refuses. */
    private @Nullable DamageException read(SimulatedDisk disk, SimulatedKeyspace into, String flip) throws IOException {
        try {
            FrozenLog.replay(disk, random, (sequence, type, body) -> into.merge(text(body, flip)), note -> {});
            return null;
        } catch (DamageException e) {
            return e;
        }
    }

    private String text(ByteBuffer body, String flip) {
        String text = StandardCharsets.ISO_8859_1.decode(body).toString();
        int version = Integer.parseInt(text.substring(0, text.indexOf(':')));
        if (!text.equals(texts.get(version))) {
            wrongValues++;
            throw new AssertionError(flip + ": a value that was never written: " + text);
        }
        return text;
    }

    /** Two snapshots, and frames before, between and behind them, all durable. */
    private SimulatedDisk filled() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(8 << 20, random);
        DataDirectory directory = DataDirectory.open(disk, random);
        CommitLog log = CommitLog.open(
                directory, OPTIONS, new Entries(), Reserve.NOTHING, new RecordedEvents(), SteppedWorkers::new);
        log.raiseCeiling(77);
        for (int i = 0; i < FRAMES; i++) {
            String text = SimulatedKeyspace.text(i, random.nextInt(SimulatedKeyspace.KEYS), random.nextInt(900));
            texts.add(text);
            keyspace.merge(text);
            assertThat(log.append(Entries.of(text), SpaceClass.GROWING)).isPositive();
            log.write();
            log.preallocate();
            if (i % (FRAMES / 5 * 2) == FRAMES / 5) {
                snapshot(log);
            }
        }
        log.close();
        directory.close();
        return disk;
    }

    private void snapshot(CommitLog log) throws IOException {
        try (SnapshotWriter snapshot = log.snapshot(log.appendedSequence())) {
            for (int slice = 0; slice < SimulatedKeyspace.SLICES; slice++) {
                snapshot.add(Entries.of(keyspace.slice(slice).toArray(String[]::new)));
            }
            snapshot.finish();
        }
    }

    /** Up to the last byte that is not zero; behind it there is only space for frames to come. */
    private static int used(byte[] bytes) {
        int used = bytes.length;
        while (used > 1 && bytes[used - 1] == 0) {
            used--;
        }
        return used;
    }
}
