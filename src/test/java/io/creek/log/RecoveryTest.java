package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What recovery makes of files that a power loss, or something worse, has changed. */
final class RecoveryTest {
    private static final String FIRST = "log/000001.log";
    private static final String SECOND = "log/000002.log";
    private static final LogOptions OPTIONS =
            new LogOptions(FsyncPolicy.EVERYSEC, LogOptions.SEGMENT_BYTES_MIN, 16 << 10);

    private final Random random = new Random(7);
    private final SimulatedDisk disk = new SimulatedDisk(4 << 20, random);
    private RecordedEvents events = new RecordedEvents();
    private Entries replayed = new Entries();
    /** Where in the first segment each frame ends. */
    private final List<Integer> ends = new ArrayList<>();

    private CommitLog log;
    private DataDirectory directory;

    @BeforeEach
    void openEmpty() throws IOException {
        open();
    }

    private void open() throws IOException {
        disk.restart(false);
        events = new RecordedEvents();
        replayed = new Entries();
        directory = DataDirectory.open(disk, random);
        log = CommitLog.open(directory, OPTIONS, replayed, Reserve.NOTHING, events, SteppedWorkers::new);
    }

    private long append(String text) {
        long sequence = log.append(Entries.of(text), SpaceClass.GROWING);
        assertThat(sequence).isPositive();
        ends.add((ends.isEmpty() ? Segment.HEADER_BYTES : ends.get(ends.size() - 1))
                + Frame.bytes(Entries.of(text).remaining()));
        return sequence;
    }

    private void appendAll(int from, int to) {
        for (int i = from; i < to; i++) {
            append(text(i));
        }
        log.write();
    }

    private static String text(int i) {
        return i + "-" + "v".repeat(i * 13 % 50);
    }

    private static List<String> texts(int to) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < to; i++) {
            texts.add(text(i));
        }
        return texts;
    }

    private int framesBefore(int offset) {
        return (int) ends.stream().filter(end -> end <= offset).count();
    }

    @Test
    void aWriteCutAtAnyByteLeavesTheFramesBeforeWhole() throws IOException {
        appendAll(0, 12);
        byte[] whole = disk.bytes(FIRST);
        byte[] node = disk.bytes(NodeFile.NAME);
        int end = ends.get(ends.size() - 1);
        for (int cut = Segment.HEADER_BYTES; cut <= end; cut++) {
            byte[] bytes = whole.clone();
            Arrays.fill(bytes, cut, end, (byte) 0);
            disk.replace(FIRST, bytes);
            disk.replace(NodeFile.NAME, node);
            open();
            // The last bytes of a frame may be padding, or zeros anyway.
            int frames = Math.max(framesBefore(cut), replayed.texts().size());
            assertThat(replayed.texts()).as("cut at %s", cut).isEqualTo(texts(frames));
            assertThat(frames).as("cut at %s", cut).isLessThanOrEqualTo(framesBefore(cut + Frame.ALIGNMENT));
        }
    }

    @Test
    void anyLostSectorOfAnUnsyncedTailLeavesThePrefixBeforeIt() throws IOException {
        appendAll(0, 60);
        byte[] whole = disk.bytes(FIRST);
        byte[] node = disk.bytes(NodeFile.NAME);
        for (int sector = 1; sector * SimulatedDisk.SECTOR_BYTES < ends.get(59); sector++) {
            int at = sector * SimulatedDisk.SECTOR_BYTES;
            byte[] bytes = whole.clone();
            Arrays.fill(bytes, at, at + SimulatedDisk.SECTOR_BYTES, (byte) 0);
            disk.replace(FIRST, bytes);
            disk.replace(NodeFile.NAME, node);
            open();
            int kept = framesBefore(at);
            assertThat(replayed.texts()).isEqualTo(texts(kept));
            assertThat(events.texts())
                    .singleElement()
                    .asString()
                    .startsWith("cut " + FIRST + " at " + ends.get(kept - 1));
            byte[] after = disk.bytes(FIRST);
            assertThat(Arrays.copyOfRange(after, ends.get(kept - 1), after.length))
                    .as("behind the cut")
                    .containsOnly(0);
        }
    }

    @Test
    void everyFlippedBitOfWhatWasKnownDurableIsFound() throws IOException {
        appendAll(0, 12);
        log.sync();
        log.tick();
        int end = ends.get(11);
        byte[] whole = disk.bytes(FIRST);
        byte[] node = disk.bytes(NodeFile.NAME);
        int harmless = 0;
        for (int at = 0; at < end; at++) {
            byte[] bytes = whole.clone();
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            disk.replace(FIRST, bytes);
            disk.replace(NodeFile.NAME, node);
            try {
                open();
                assertThat(isPadding(at))
                        .as("flip at %s was taken for good", at)
                        .isTrue();
                assertThat(replayed.texts()).isEqualTo(texts(12));
                harmless++;
            } catch (DamageException e) {
                int frame = at < Segment.HEADER_BYTES
                        ? 0
                        : framesBefore(at) == 0 ? Segment.HEADER_BYTES : ends.get(framesBefore(at) - 1);
                assertThat(e).hasMessageStartingWith(FIRST + ": ").hasMessageContaining(" at " + frame + ":");
                assertThat(e).hasMessageContaining("expected").hasMessageContaining("actual");
            }
        }
        assertThat(harmless).isLessThan(12 * Frame.ALIGNMENT);
    }

    private boolean isPadding(int at) {
        int index = framesBefore(at);
        int begin = index == 0 ? Segment.HEADER_BYTES : ends.get(index - 1);
        return at >= begin + Frame.HEADER_BYTES + Entries.of(text(index)).remaining();
    }

    @Test
    void damageInTheLastFrameIsFoundAfterACleanClose() throws IOException {
        appendAll(0, 3);
        log.close();
        flip(FIRST, ends.get(1) + Frame.HEADER_BYTES);
        assertThatThrownBy(this::open)
                .isInstanceOf(DamageException.class)
                .hasMessageMatching("log/000001.log: frame at " + ends.get(1)
                        + ": expected the frame after sequence 1:2, expected payload crc 0x[0-9a-f]{8}, actual 0x[0-9a-f]{8};"
                        + " up to 1:3 was known durable");
    }

    @Test
    void damageBeforeALaterStartIsNotHiddenByIt() throws IOException {
        while (disk.names().stream().noneMatch(SECOND::equals) || ends.get(ends.size() - 1) < 60_000) {
            append("x".repeat(700));
            log.preallocate();
        }
        log.write();
        open();
        // The first frame of the new start, in the second segment, known the last one of the start before as durable.
        log.append(Entries.of("y".repeat(8_000)), SpaceClass.GROWING);
        log.write();
        assertThat(Frame.sequence(ByteBuffer.wrap(disk.bytes(SECOND)), Segment.HEADER_BYTES))
                .isEqualTo(Sequence.of(2, 1));
        flip(FIRST, ends.get(ends.size() - 1) - Frame.ALIGNMENT - 1);
        assertThatThrownBy(this::open).isInstanceOf(DamageException.class).hasMessageContaining(FIRST);
    }

    @Test
    void aClientThatDoesNotKnowTheSaltCannotForgeWhatWasDurable() throws IOException {
        append("a");
        // A value with a frame in it, at a place for frames, that claims to know later ones as durable.
        ByteBuffer forged = ByteBuffer.allocate(Frame.HEADER_BYTES);
        new Frame()
                .encode(forged, 0, 0, Frame.payloadCrc(ByteBuffer.allocate(0)), Sequence.of(1, 9), Sequence.of(1, 8));
        int bodyBytes = 2 * Frame.ALIGNMENT + 200 - LogEntry.headerBytes(200);
        ByteBuffer entry = ByteBuffer.allocate(LogEntry.headerBytes(bodyBytes) + bodyBytes);
        LogEntry.putHeader(entry, LogEntry.MUTATION, bodyBytes);
        entry.put(Frame.ALIGNMENT, forged, 0, Frame.HEADER_BYTES).clear();
        log.append(entry, SpaceClass.GROWING);
        log.write();
        byte[] bytes = disk.bytes(FIRST);
        Arrays.fill(bytes, ends.get(0), ends.get(0) + Frame.HEADER_BYTES, (byte) 0);
        disk.replace(FIRST, bytes);
        open();
        assertThat(replayed.texts()).containsExactly("a");
        assertThat(events.texts()).singleElement().asString().startsWith("cut " + FIRST + " at " + ends.get(0));
    }

    @Test
    void aMissingSegmentIsNamed() throws IOException {
        log.append(Entries.of("x".repeat(150_000)), SpaceClass.GROWING);
        log.close();
        disk.remove(FIRST);
        assertThatThrownBy(this::open)
                .isInstanceOf(DamageException.class)
                .hasMessage("log/000001.log: expected before log/000002.log, actual missing");
    }

    @Test
    void aLogThatIsGoneIsNotAnEmptyOne() throws IOException {
        log.close();
        disk.remove(FIRST);
        assertThatThrownBy(this::open)
                .isInstanceOf(DamageException.class)
                .hasMessage("log/000001.log: expected the log's first segment, actual missing");
    }

    @Test
    void anOlderNodeFileIsRefusedBecauseSequencesWouldBeUsedTwice() throws IOException {
        byte[] node = disk.bytes(NodeFile.NAME);
        open();
        append("in the second start");
        log.close();
        disk.replace(NodeFile.NAME, node);
        assertThatThrownBy(this::open)
                .isInstanceOf(DamageException.class)
                .hasMessageContaining("expected a start before 2, actual sequence 2:1");
    }

    @Test
    void aLaterFormatIsRefused() throws IOException {
        log.close();
        ByteBuffer bytes = ByteBuffer.wrap(disk.bytes(FIRST));
        bytes.putInt(8, Segment.FORMAT + 1);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, Segment.HEADER_BYTES - Integer.BYTES);
        bytes.putInt(Segment.HEADER_BYTES - Integer.BYTES, (int) crc.getValue());
        disk.replace(FIRST, bytes.array());
        assertThatThrownBy(this::open)
                .isInstanceOf(LaterFormatException.class)
                .hasMessage("log/000001.log: format 2 was written by a later version; this one reads up to format 1");
    }

    @Test
    void aStartWhoseNumbersAreUsedUpGoesOnUnderAnother() throws IOException {
        log.useNumbersUpTo(3);
        appendAll(0, 10);
        assertThat(Sequence.text(log.writtenSequence())).isEqualTo("4:1");
        open();
        assertThat(replayed.texts()).isEqualTo(texts(10));
        assertThat(Sequence.start(append("next"))).isEqualTo(5);
    }

    private void flip(String name, int at) {
        byte[] bytes = disk.bytes(name);
        bytes[at] ^= 1;
        disk.replace(name, bytes);
    }
}
