package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads all segments of a directory without changing anything, over what is damaged, and says what recovery would refuse. One
 * thread, once.
 *
 * <p>It goes on behind a frame that is not whole at the next one that is: a frame proves itself, with its checksums, its
 * segment's salt and a sequence above those before it.
 */
final class LogScan {
    /** Receives the frames that are whole, in order. */
    @FunctionalInterface
    interface Frames {
        /** @param holesBefore how many places before it, in this scan, were not whole or not the next frame */
        void frame(long sequence, int holesBefore, SegmentReader reader, long offset) throws IOException;
    }

    /** A place where the next frame should be, and is not. */
    private record Hole(Finding finding, long lastSequence) {}

    private final Disk disk;
    private final long snapshotStart;
    private final long snapshotMark;
    private final Frames frames;
    private final ByteBuffer memory = ByteBuffer.allocate(SegmentReader.WINDOW_BYTES);
    private final List<Finding> lost = new ArrayList<>();
    private final List<Hole> holes = new ArrayList<>();
    private @Nullable Hole open;
    private long lastSequence;
    private long wholeFrames;
    private long mark;
    private long startSeen;
    private String endFile;
    private long endOffset;

    /**
     * @param snapshotStart of the snapshot that the log has to meet, 0 for none
     * @param snapshotMark up to which sequence the log was known durable when that snapshot was made
     */
    LogScan(Disk disk, long snapshotStart, long snapshotMark, Frames frames) {
        this.disk = disk;
        this.snapshotStart = snapshotStart;
        this.snapshotMark = snapshotMark;
        this.frames = frames;
        this.mark = snapshotMark;
        this.endFile = disk.describe(DataDirectory.LOG);
    }

    /** @param logBegun whether there has to be a first segment */
    void run(boolean snapshots, boolean logBegun) throws IOException {
        List<Long> numbers = disk.list(DataDirectory.LOG).stream()
                .filter(Segment::isName)
                .map(Segment::number)
                .sorted()
                .toList();
        long next = snapshots && !numbers.isEmpty() ? numbers.get(0) : 1;
        if (numbers.isEmpty() && (logBegun || mark > 0)) {
            lose(Segment.name(next), "file", "a segment", "missing");
        }
        for (long number : numbers) {
            if (number != next) {
                lose(Segment.name(next), "file", "a segment before number " + number, "missing");
            }
            next = number + 1;
            boolean mayBeHalfMade = number == numbers.get(numbers.size() - 1) && (numbers.size() > 1 || !logBegun);
            try (DiskFile file = disk.open(Segment.name(number))) {
                Segment segment = Segment.open(disk, number, file);
                if (segment != null) {
                    scan(new SegmentReader(segment, memory));
                } else if (!mayBeHalfMade || !SegmentListing.isZeroBehindHeader(file)) {
                    lose(Segment.name(number), "header", "a valid one of segment " + number, "none");
                    // If the salt is still right, the frames prove it.
                    scan(new SegmentReader(Segment.withSaltOf(disk, number, file), memory));
                }
            }
        }
        closeHole(false);
    }

    private void lose(String name, String part, String expected, String actual) {
        lost.add(new Finding(disk.describe(name), part, 0, expected, actual));
    }

    private void lose(SegmentReader reader, long offset, String expected, String actual) {
        lost.add(new Finding(reader.segment().toString(), "frame", offset, expected, actual));
    }

    private void scan(SegmentReader reader) throws IOException {
        long offset = Segment.HEADER_BYTES;
        while (true) {
            if (isWhole(reader, offset)) {
                offset = take(reader, offset);
                continue;
            }
            long from = offset;
            offset = nextWhole(reader, from);
            if (offset < 0 && isZeroFrom(reader, from)) {
                return;
            }
            Hole hole = new Hole(finding(reader, from), lastSequence);
            if (offset < 0) {
                // Only if the next segment does not go on with the next frame.
                open = open == null ? hole : open;
                return;
            }
            holes.add(hole);
        }
    }

    private long take(SegmentReader reader, long offset) throws IOException {
        long sequence = reader.sequence(offset);
        boolean first = wholeFrames == 0;
        boolean met = first && sequence <= snapshotStart;
        boolean follows = Recovery.follows(first ? snapshotStart : lastSequence, sequence, reader.knownDurable(offset));
        closeHole(follows);
        if (!met && !follows) {
            if (holes.isEmpty() || holes.get(holes.size() - 1).lastSequence != lastSequence) {
                holes.add(new Hole(finding(reader, offset), lastSequence));
            }
        }
        lastSequence = sequence;
        wholeFrames++;
        see(reader, offset);
        int frameBytes = reader.frameBytes(offset);
        // A start replays it, and refuses it; behind a hole it does not come so far.
        if (holes.isEmpty() && sequence > snapshotStart && !reader.eachEntry(offset, (of, type, body) -> {})) {
            lose(reader, offset, "entries", "a payload that ends within one, though its crc is right");
        }
        frames.frame(sequence, holes.size(), reader, offset);
        endFile = reader.segment().toString();
        endOffset = offset + frameBytes;
        return endOffset;
    }

    private void closeHole(boolean harmless) {
        if (open != null && !harmless) {
            holes.add(open);
        }
        open = null;
    }

    private boolean isWhole(SegmentReader reader, long offset) throws IOException {
        return reader.hasHeader(offset) && reader.sequence(offset) > lastSequence && reader.hasPayload(offset);
    }

    /** The next place where a whole frame is, or -1; looks at every header on the way for what was known durable. */
    private long nextWhole(SegmentReader reader, long from) throws IOException {
        for (long at = from; at < reader.size(); at += Frame.ALIGNMENT) {
            if (reader.isZero(at) || !reader.hasHeader(at)) {
                continue;
            }
            see(reader, at);
            if (isWhole(reader, at)) {
                return at;
            }
        }
        return -1;
    }

    /** A header proves itself, whatever is behind it. */
    private void see(SegmentReader reader, long at) {
        mark = Math.max(mark, reader.knownDurable(at));
        startSeen = Math.max(startSeen, Sequence.start(reader.sequence(at)));
    }

    private static boolean isZeroFrom(SegmentReader reader, long from) throws IOException {
        for (long at = from; at < reader.size(); ) {
            int bytes = reader.fill(at);
            if (Zeros.firstOther(reader.window()) >= 0) {
                return false;
            }
            at += bytes;
        }
        return true;
    }

    private Finding finding(SegmentReader reader, long offset) throws IOException {
        String what = reader.describe(offset);
        int actualAt = what.indexOf("actual ");
        String expected = what.substring(0, actualAt);
        return new Finding(
                reader.segment().toString(),
                "frame",
                offset,
                expectedFrame()
                        + (expected.isEmpty()
                                ? ""
                                : ", " + expected.replace("expected ", "").replace(", ", "")),
                what.substring(actualAt + "actual ".length()));
    }

    private String expectedFrame() {
        return wholeFrames == 0 && snapshotStart > 0
                ? "a frame up to or right behind the snapshot's start " + Sequence.text(snapshotStart)
                : "the frame after sequence " + Sequence.text(lastSequence);
    }

    /** Frames that are whole. */
    long wholeFrames() {
        return wholeFrames;
    }

    /** The greatest start counter that a frame, whole or not, or the durable mark was written under. */
    long startSeen() {
        return Math.max(startSeen, Sequence.start(mark()));
    }

    /** Up to here the log was known to be durable. */
    long mark() {
        return Math.max(mark, snapshotMark);
    }

    /** Where a tail begins that was never durable, and is cut by the next start; null when there is none. */
    @Nullable
    Finding tail() {
        return holes.isEmpty() || isDamage(holes.get(0)) ? null : holes.get(0).finding;
    }

    /** What a start would refuse. */
    List<Finding> damage() {
        List<Finding> damage = new ArrayList<>(lost);
        if (holes.isEmpty()) {
            if (lastSequence < mark() && lost.isEmpty()) {
                damage.add(new Finding(
                        endFile,
                        "end of log",
                        endOffset,
                        expectedFrame() + ", up to " + Sequence.text(mark()) + " was known durable",
                        "none"));
            }
        } else if (isDamage(holes.get(0))) {
            holes.forEach(hole -> damage.add(hole.finding));
        }
        return damage;
    }

    private boolean isDamage(Hole first) {
        return first.lastSequence < mark() || !lost.isEmpty();
    }
}
