package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a check finds is what a start refuses; what a repair keeps is true. */
final class LogCheckTest {
    private static final LogOptions OPTIONS =
            new LogOptions(FsyncPolicy.EVERYSEC, LogOptions.SEGMENT_BYTES_MIN, 16 << 10);
    private static final int FLIPS = 250;

    private final Random random = new Random(11);
    private final SimulatedDisk whole = new SimulatedDisk(8 << 20, random);
    private final RecordedEvents events = new RecordedEvents();
    /** By version, which every text begins with. */
    private final Map<Integer, String> texts = new HashMap<>();

    private SimulatedKeyspace keyspace = new SimulatedKeyspace();

    /** Two snapshots, frames between them and behind, all of it durable. */
    @BeforeEach
    void fill() throws IOException {
        DataDirectory directory = DataDirectory.open(whole, random);
        CommitLog log = open(directory, (sequence, type, body) -> {});
        log.raiseCeiling(77);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 150; i++) {
                String text = SimulatedKeyspace.text(
                        texts.size(), random.nextInt(SimulatedKeyspace.KEYS), random.nextInt(900));
                texts.put(texts.size(), text);
                keyspace.merge(text);
                assertThat(log.append(Entries.of(text), SpaceClass.GROWING)).isPositive();
                log.write();
                log.preallocate();
            }
            if (round < 2) {
                snapshot(log);
            }
        }
        log.close();
        directory.close();
    }

    private CommitLog open(DataDirectory directory, FrameReplay replay) throws IOException {
        return CommitLog.open(directory, OPTIONS, replay, Reserve.NOTHING, events, SteppedWorkers::new);
    }

    private void snapshot(CommitLog log) throws IOException {
        try (SnapshotWriter snapshot = log.snapshot(log.appendedSequence())) {
            for (int slice = 0; slice < SimulatedKeyspace.SLICES; slice++) {
                snapshot.add(Entries.of(keyspace.slice(slice).toArray(String[]::new)));
            }
            snapshot.finish();
        }
    }

    private SimulatedKeyspace recover(SimulatedDisk disk) throws IOException {
        SimulatedKeyspace recovered = new SimulatedKeyspace();
        DataDirectory directory = DataDirectory.open(disk, random);
        CommitLog log = open(directory, (sequence, type, body) -> {
            String text = StandardCharsets.UTF_8.decode(body).toString();
            int version = Integer.parseInt(text.substring(0, text.indexOf(':')));
            assertThat(text).as("a value that was never written").isEqualTo(texts.get(version));
            recovered.merge(text);
        });
        assertThat(log.recoveredCeiling()).isEqualTo(77);
        log.close();
        directory.close();
        return recovered;
    }

    private void flip(SimulatedDisk disk, String name, int at) {
        byte[] bytes = disk.bytes(name);
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        disk.replace(name, bytes);
    }

    private List<String> snapshots() {
        return whole.names().stream().filter(name -> name.contains("snapshot-")).toList();
    }

    @Test
    void aSoundDirectoryHasNoFindingsAndIsLeftAlone() throws IOException {
        Map<String, ByteBuffer> before = contents(whole);
        LogCheck check = new LogCheck(whole);
        LogCheck.Report report = check.check();
        assertThat(report.isSound()).isTrue();
        assertThat(report.tail()).isNull();
        assertThat(report.wholeFrames()).isGreaterThan(150);
        assertThat(report.snapshotEntries()).isEqualTo(SimulatedKeyspace.KEYS);
        assertThat(check.repair(random)).containsExactly("nothing to repair: a start accepts the directory as it is");
        assertThat(contents(whole)).isEqualTo(before);
        assertThat(recover(whole)).isEqualTo(keyspace);
    }

    private static Map<String, ByteBuffer> contents(SimulatedDisk disk) {
        Map<String, ByteBuffer> contents = new HashMap<>();
        disk.names().forEach(name -> contents.put(name, ByteBuffer.wrap(disk.bytes(name))));
        return contents;
    }

    @Test
    void aFlippedBitIsFoundExactlyWhenAStartRefusesAndARepairKeepsTheRest() throws IOException {
        int refused = 0;
        for (int i = 0; i < FLIPS; i++) {
            SimulatedDisk disk = whole.copy();
            List<String> names = disk.names();
            String name = names.get(random.nextInt(names.size()));
            int at = random.nextInt(disk.bytes(name).length);
            flip(disk, name, at);
            String flip = "flip " + i + " in " + name + " at " + at;
            LogCheck.Report report = new LogCheck(disk).check();
            boolean starts = true;
            try {
                SimulatedDisk other = disk.copy();
                SimulatedKeyspace recovered = recover(other);
                if (report.tail() == null) {
                    assertThat(recovered).as(flip).isEqualTo(keyspace);
                }
            } catch (DamageException e) {
                starts = false;
                refused++;
                assertThat(e)
                        .as(flip)
                        .hasMessageContaining(report.damage().get(0).file());
            }
            assertThat(report.isSound()).as("%s: %s", flip, report).isEqualTo(starts);
            new LogCheck(disk).repair(random);
            assertThat(new LogCheck(disk).check().isSound()).as(flip).isTrue();
            SimulatedKeyspace recovered = recover(disk);
            if (!isSalt(name, at)) {
                assertThat(recovered.differences(keyspace)).as(flip).isLessThanOrEqualTo(1);
            }
        }
        assertThat(refused).isGreaterThan(FLIPS / 4);
    }

    /** Without its salt, no frame of a segment can be told from what a client stored. */
    private static boolean isSalt(String name, int at) {
        return name.endsWith(".log") && at >= 24 && at < 32;
    }

    @Test
    void aDamagedSnapshotIsReplacedByTheOneBeforeAndItsFrames() throws IOException {
        String newest = snapshots().get(1);
        for (int at = 0; at < whole.bytes(newest).length; at += 61) {
            SimulatedDisk disk = whole.copy();
            flip(disk, newest, at);
            assertThatThrownBy(() -> recover(disk.copy()))
                    .isInstanceOf(DamageException.class)
                    .hasMessageStartingWith(newest + ": ")
                    .hasMessageContaining(" at ")
                    .hasMessageContaining("expected")
                    .hasMessageContaining("actual");
            List<String> done = new LogCheck(disk).repair(random);
            assertThat(done)
                    .anyMatch(word -> word.contains("entries of " + snapshots().get(0)));
            assertThat(recover(disk)).isEqualTo(keyspace);
        }
    }

    @Test
    void aSnapshotOfAnotherNodeIsRefused() throws IOException {
        String newest = snapshots().get(1);
        SimulatedDisk disk = whole.copy();
        DataDirectory other = DataDirectory.open(new SimulatedDisk(1 << 20, random), random);
        long number = other.nodeNumber();
        byte[] bytes = disk.bytes(newest);
        SnapshotFormat format = new SnapshotFormat();
        SnapshotFormat.Header header = SnapshotFormat.header(ByteBuffer.wrap(bytes));
        ByteBuffer own = ByteBuffer.wrap(bytes);
        SnapshotFormat.Header foreign = new SnapshotFormat.Header(number, header.start(), header.salt());
        SnapshotFormat.Footer footer = SnapshotFormat.footer(
                own.slice(bytes.length - SnapshotFormat.FOOTER_BYTES, SnapshotFormat.FOOTER_BYTES));
        own.put(0, format.encode(foreign), 0, SnapshotFormat.HEADER_BYTES);
        own.put(
                bytes.length - SnapshotFormat.FOOTER_BYTES,
                format.encode(foreign, footer),
                0,
                SnapshotFormat.FOOTER_BYTES);
        disk.replace(newest, bytes);
        assertThatThrownBy(() -> recover(disk.copy()))
                .isInstanceOf(DamageException.class)
                .hasMessageContaining(newest + ": header at 0: expected node ");
        assertThat(new LogCheck(disk).check().isSound()).isFalse();
    }

    @Test
    void aLogThatDoesNotMeetItsSnapshotIsRefused() throws IOException {
        List<String> segments =
                whole.names().stream().filter(name -> name.endsWith(".log")).toList();
        SimulatedDisk disk = whole.copy();
        segments.subList(0, segments.size() - 1).forEach(disk::remove);
        assertThatThrownBy(() -> recover(disk.copy()))
                .isInstanceOf(DamageException.class)
                .hasMessageContaining("up to or right behind the snapshot's start 1:");
        assertThat(new LogCheck(disk).check().damage())
                .singleElement()
                .extracting(Finding::expected)
                .asString()
                .contains("up to or right behind the snapshot's start 1:");
    }

    @Test
    void aLogThatEndsBeforeTheFootersMarkIsRefused() throws IOException {
        List<String> segments =
                whole.names().stream().filter(name -> name.endsWith(".log")).toList();
        SimulatedDisk disk = whole.copy();
        for (String segment : segments) {
            byte[] bytes = disk.bytes(segment);
            Arrays.fill(bytes, Segment.HEADER_BYTES, bytes.length, (byte) 0);
            disk.replace(segment, bytes);
        }
        assertThatThrownBy(() -> recover(disk.copy()))
                .isInstanceOf(DamageException.class)
                .hasMessageContaining("was known durable");
        assertThat(new LogCheck(disk).check().isSound()).isFalse();
        new LogCheck(disk).repair(random);
        recover(disk);
    }

    @Test
    void aRepairSetsAsideAndGivesANewNumber() throws IOException {
        SimulatedDisk disk = whole.copy();
        String newest = snapshots().get(1);
        flip(disk, newest, 100);
        byte[] damaged = disk.bytes(newest);
        long number = NodeFile.read(disk).nodeNumber();
        List<String> done = new LogCheck(disk).repair(random);
        assertThat(done)
                .anyMatch(word -> word.startsWith("found " + newest + ": "))
                .anyMatch(word -> word.equals("set the old log aside in aside-1"))
                .anyMatch(word -> word.startsWith("gave the node a new number, "));
        assertThat(disk.bytes(newest.replace("log/", "aside-1/"))).isEqualTo(damaged);
        assertThat(NodeFile.read(disk).nodeNumber()).isNotEqualTo(number);
        assertThat(disk.names()).contains("aside-1/node", "log/snapshot-0000000-0000000000000");
    }

    @Test
    void aRepairThatDiedIsDoneAgain() throws IOException {
        int crashes = 0;
        for (int operation = 1; operation == crashes + 1; operation++) {
            SimulatedDisk disk = whole.copy();
            flip(disk, snapshots().get(1), 100);
            disk.crashAfter(operation);
            try {
                new LogCheck(disk).repair(random);
            } catch (SimulatedDisk.Crash crash) {
                crashes++;
            }
            disk.restart(false);
            if (!new LogCheck(disk).check().isSound()) {
                assertThatThrownBy(() -> recover(disk.copy())).isInstanceOf(DamageException.class);
            }
            new LogCheck(disk).repair(random);
            assertThat(recover(disk))
                    .as("after a crash at operation %s", operation)
                    .isEqualTo(keyspace);
        }
        assertThat(crashes).isGreaterThan(10);
    }
}
