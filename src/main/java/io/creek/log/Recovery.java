package io.creek.log;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log of a directory back, once, on the thread that opens it: the newest snapshot, then the segments. Frames up to the
 * snapshot's start are checked like all others, and not replayed; so they may be checked while it is.
 *
 * <p>Frames are accepted from the first segment on as long as each is whole and is the <em>next</em> one: the next sequence, or the
 * first of a greater start that knew the last one durable. All behind the last accepted frame should be zeros. If it is not, then
 * either it was never durable – a tail that a power loss or a kill left, and nobody was told of it under {@code fsync = always} – or
 * something that was durable has changed. The frames tell: each carries the highest sequence that was known durable when it was made,
 * so the greatest such mark, sought in all that is there and in the snapshot's footer, decides. Above it: {@linkplain #cut cut}. At or below: {@link DamageException}.
 *
 * <p>Nothing is replayed that can still be lost: before {@link #run} returns, the cut is zeros and all that was accepted is durable.
 */
final class Recovery {
    /** Nothing is done on another thread. */
    static final Executor ALONE = task -> {};

    /** Distance of the places from which accepted frames can be written again. */
    private static final int CHECKPOINT_BYTES = 1 << 20;

    /**
     * What is there.
     *
     * @param segments all, in order, open
     * @param current index of the segment that goes on
     * @param offset where in it the next frame goes
     * @param lastSequence of the last frame, 0 when there is none
     * @param ceiling of the versions that may have been issued, 0 when there is none
     * @param past what the segments before the current one hold
     */
    record Recovered(
            List<Segment> segments,
            int current,
            long offset,
            long lastSequence,
            long ceiling,
            long frames,
            List<SegmentChain.Past> past,
            FoundSnapshots snapshots) {}

    /**
     * @param starts of all snapshots, the newest last
     * @param newestMillis when the newest was written, 0 when there is none
     * @param framesBytesBehind bytes of the frames behind the newest one's start
     */
    record FoundSnapshots(List<Long> starts, long newestMillis, long framesBytesBehind) {}

    private record Place(int segment, long offset) {}

    private record Checkpoint(long sequence, Place place) {}

    private final DataDirectory directory;
    private final FrameReplay replay;
    private final FrameReplay entries = this::entry;
    private final LogEvents events;
    private final Executor beside;
    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final List<SegmentChain.Past> filled = new ArrayList<>();
    private final ByteBuffer memory = ByteBuffer.allocateDirect(SegmentReader.WINDOW_BYTES);
    private List<Segment> segments = List.of();

    /** Where the next frame is looked for. */
    private Place next = new Place(0, Segment.HEADER_BYTES);

    /** Where the last one that was accepted ends. */
    private Place end = next;

    private long lastSequence;
    private long knownDurable;
    private long ceiling;
    private long frames;
    private long snapshotStart;
    private boolean nothingSkipped = true;
    private long framesBytesBehind;

    /** @param beside runs what it is given on a thread of its own, or not at all: then this one does, later */
    Recovery(DataDirectory directory, FrameReplay replay, LogEvents events, Executor beside) {
        this.directory = directory;
        this.replay = replay;
        this.events = events;
        this.beside = beside;
    }

    Recovered run() throws IOException {
        SnapshotListing listing = new SnapshotListing(directory.disk());
        listing.removeUnfinished();
        List<Long> snapshots = listing.starts();
        segments = new SegmentListing(directory).open(!snapshots.isEmpty());
        long newestMillis = snapshots.isEmpty() ? 0 : readSnapshot(snapshots.get(snapshots.size() - 1));
        acceptUpTo(Long.MAX_VALUE);
        if (!segments.isEmpty()) {
            Tail tail = new Tail();
            for (int index = end.segment; index < segments.size(); index++) {
                tail.search(index);
            }
            if (tail.mark > lastSequence) {
                throw damage(tail);
            }
            writeAgain();
            cut(tail);
        }
        return new Recovered(
                segments,
                end.segment,
                end.offset,
                lastSequence,
                ceiling,
                frames,
                filled.subList(0, end.segment),
                new FoundSnapshots(snapshots, newestMillis, framesBytesBehind));
    }

    /** Replays the newest snapshot; returns when it was written. */
    private long readSnapshot(long start) throws IOException {
        String name = SnapshotFormat.name(start);
        String path = directory.disk().describe(name);
        try (SnapshotReader reader = SnapshotReader.open(directory.disk(), name)) {
            SnapshotFormat.Header header = reader.header();
            if (header.nodeNumber() != directory.nodeNumber() || header.start() != start) {
                throw new DamageException(String.format(
                        "%s: header at 0: expected node %016x and start %s, actual node %016x and start %s",
                        path,
                        directory.nodeNumber(),
                        Sequence.text(start),
                        header.nodeNumber(),
                        Sequence.text(header.start())));
            }
            SnapshotFormat.Footer footer = reader.footer();
            if (Sequence.start(footer.knownDurable()) >= directory.start()) {
                throw olderNodeFile(path + ": footer", footer.knownDurable());
            }
            snapshotStart = start;
            knownDurable = footer.knownDurable();
            ceiling = footer.ceiling();
            replay(reader);
        }
        if (segments.isEmpty() && knownDurable > 0) {
            throw new DamageException(path + ": expected a log that is durable up to " + Sequence.text(knownDurable)
                    + ", actual no segment");
        }
        return directory.disk().modifiedMillis(name);
    }

    /** Replays the snapshot, and accepts the frames that it covers. If both are damaged, the snapshot's damage is told. */
    private void replay(SnapshotReader reader) throws IOException {
        FutureTask<?> covered = new FutureTask<>(() -> {
            acceptUpTo(snapshotStart);
            return null;
        });
        beside.execute(covered);
        try {
            reader.replay(entries);
            covered.run();
            covered.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException found) {
                throw found;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted in a recovery");
        } finally {
            // Still under way only when the start is refused: the interrupt closes the segment that is read, which
            // nobody needs then.
            covered.cancel(true);
        }
    }

    /** Accepts the frames that are the next ones, and of no greater sequence, from where it stopped the last time. */
    private void acceptUpTo(long last) throws IOException {
        while (next.segment < segments.size()) {
            int index = next.segment;
            SegmentReader reader = reader(index);
            long offset = next.offset;
            long checkpoint = Long.MIN_VALUE;
            while (reader.hasHeader(offset) && isNext(reader, offset) && reader.hasPayload(offset)) {
                if (reader.sequence(offset) > last) {
                    next = new Place(index, offset);
                    return;
                }
                if (offset - checkpoint >= CHECKPOINT_BYTES || checkpoint < 0) {
                    checkpoint = offset;
                    checkpoints.add(new Checkpoint(reader.sequence(offset), new Place(index, offset)));
                }
                accept(reader, offset);
                offset += reader.frameBytes(offset);
                end = new Place(index, offset);
            }
            if (frames == 0 && snapshotStart > 0) {
                nothingSkipped &=
                        SegmentListing.isZeroBehindHeader(reader.segment().file());
            }
            filled.add(new SegmentChain.Past(reader.segment(), lastSequence, offset - Segment.HEADER_BYTES));
            boolean goesOn = index + 1 == segments.size() || !isWholeFrameBehind(index, offset);
            next = new Place(goesOn ? index + 1 : segments.size(), Segment.HEADER_BYTES);
        }
    }

    private void accept(SegmentReader reader, long offset) throws DamageException {
        lastSequence = reader.sequence(offset);
        knownDurable = Math.max(knownDurable, reader.knownDurable(offset));
        boolean behindSnapshot = lastSequence > snapshotStart;
        framesBytesBehind += behindSnapshot ? reader.frameBytes(offset) : 0;
        if (behindSnapshot && !reader.eachEntry(offset, entries)) {
            throw new DamageException(reader.segment() + ": frame at " + offset
                    + ": expected entries, actual a payload that ends within one, though its crc is right");
        }
        frames++;
    }

    /** Whether frames behind those that were accepted are whole, and so were written after one that is not there: no later segment goes on. */
    private boolean isWholeFrameBehind(int index, long offset) throws IOException {
        SegmentReader reader = reader(index);
        for (long at = offset; at < reader.size(); at += Frame.ALIGNMENT) {
            if (!reader.isZero(at)
                    && reader.hasHeader(at)
                    && reader.sequence(at) > lastSequence
                    && reader.hasPayload(at)) {
                return true;
            }
        }
        return false;
    }

    private SegmentReader reader(int index) throws IOException {
        return new SegmentReader(segments.get(index), memory);
    }

    private boolean isNext(SegmentReader reader, long offset) throws DamageException {
        long sequence = reader.sequence(offset);
        requireOldStart(reader.segment(), offset, sequence);
        if (frames == 0 && nothingSkipped && sequence <= snapshotStart) {
            // Those before it were deleted.
            return true;
        }
        long before = frames == 0 ? snapshotStart : lastSequence;
        return follows(before, sequence, reader.knownDurable(offset));
    }

    /** Whether a frame of this sequence and mark is the next one. */
    static boolean follows(long before, long sequence, long knownDurable) {
        boolean next = before > 0 && sequence == before + 1;
        // The mark ties a start to the last frame before it: without it, a start behind a lost frame would hide the
        // loss.
        boolean nextStart = Sequence.start(sequence) > Sequence.start(before)
                && Sequence.number(sequence) == 1
                && knownDurable == before;
        return next || nextStart;
    }

    private void requireOldStart(Segment segment, long offset, long sequence) throws DamageException {
        if (Sequence.start(sequence) >= directory.start()) {
            throw olderNodeFile(segment + ": frame at " + offset, sequence);
        }
    }

    private DamageException olderNodeFile(String where, long sequence) {
        return new DamageException(where + ": expected a start before " + directory.start() + ", actual sequence "
                + Sequence.text(sequence) + ": the file " + NodeFile.NAME
                + " is older than the log, and sequences would be used twice");
    }

    private void entry(long sequence, int type, ByteBuffer body) {
        if (type == LogEntry.CEILING && body.remaining() == Long.BYTES) {
            ceiling = Math.max(ceiling, body.getLong(body.position()));
        } else {
            replay.entry(sequence, type, body);
        }
    }

    private DamageException damage(Tail tail) throws IOException {
        Place place = end;
        SegmentReader reader = reader(place.segment);
        boolean rolled = reader.fill(place.offset) == 0 || Zeros.firstOther(reader.window()) != 0;
        if (rolled && place.segment + 1 < segments.size() && tail.first != null && tail.first.segment > place.segment) {
            place = new Place(place.segment + 1, Segment.HEADER_BYTES);
            reader = reader(place.segment);
        }
        return new DamageException(reader.segment() + ": frame at " + place.offset + ": expected " + expected() + ", "
                + reader.describe(place.offset) + "; up to "
                + Sequence.text(tail.mark)
                + " was known durable");
    }

    private String expected() {
        if (frames == 0 && snapshotStart > 0) {
            return "a frame up to or right behind the snapshot's start " + Sequence.text(snapshotStart);
        }
        return "the frame after sequence " + Sequence.text(lastSequence);
    }

    /**
     * Writes what was accepted and is not known to be durable once more, headers of prepared segments included. An fsync that
     * failed in the last life may have left pages that are in memory, count as clean and are not on the disk: another fsync would
     * not write them.
     */
    private void writeAgain() throws IOException {
        Place from = new Place(0, Segment.HEADER_BYTES);
        for (Checkpoint checkpoint : checkpoints) {
            if (checkpoint.sequence > knownDurable + 1) {
                break;
            }
            from = checkpoint.place;
        }
        for (int index = from.segment; index < segments.size(); index++) {
            SegmentReader reader = reader(index);
            boolean begins = index > from.segment || from.offset == Segment.HEADER_BYTES;
            long to = index < end.segment ? reader.size() : index == end.segment ? end.offset : Segment.HEADER_BYTES;
            for (long at = begins ? 0 : from.offset; at < to; ) {
                int bytes = (int) Math.min(reader.fill(at), to - at);
                reader.segment().file().write(reader.window().limit(bytes), at);
                at += bytes;
            }
            reader.segment().file().force();
        }
    }

    /** Makes all behind the last accepted frame zeros, so that none of it can ever be taken for a frame again. */
    private void cut(Tail tail) throws IOException {
        Place first = tail.first;
        if (first == null) {
            return;
        }
        for (int index = end.segment; index < segments.size(); index++) {
            SegmentReader reader = reader(index);
            boolean touched = false;
            for (long at = start(index); at < reader.size(); ) {
                int bytes = reader.fill(at);
                if (Zeros.firstOther(reader.window()) >= 0) {
                    Zeros.write(reader.segment().file(), at, at + bytes);
                    touched = true;
                }
                at += bytes;
            }
            if (touched) {
                reader.segment().file().force();
            }
        }
        events.tailCut(segments.get(first.segment).toString(), first.offset, tail.bytes, lastSequence);
    }

    private long start(int index) {
        return index == end.segment ? end.offset : Segment.HEADER_BYTES;
    }

    /** What lies behind the last accepted frame. */
    private final class Tail {
        /** Where the first frame that is not whole begins. */
        private @Nullable Place first;

        private long bytes;
        private long mark = knownDurable;

        void search(int index) throws IOException {
            SegmentReader reader = reader(index);
            long start = start(index);
            long last = start;
            for (long at = start; at < reader.size(); ) {
                int filled = reader.fill(at);
                int other = Zeros.firstOther(reader.window());
                if (other >= 0) {
                    last = searchMarks(reader, (at + other) & -Frame.ALIGNMENT, at + filled);
                }
                at += filled;
            }
            if (last > start && first == null) {
                first = new Place(index, start);
            }
            bytes += last - start;
        }

        /** Looks at every place where a header could be; returns the end of what is not zero. */
        private long searchMarks(SegmentReader reader, long from, long to) throws IOException {
            long last = from;
            for (long at = from; at < to; at += Frame.ALIGNMENT) {
                if (reader.isZero(at)) {
                    continue;
                }
                last = at + Frame.ALIGNMENT;
                if (reader.hasHeader(at)) {
                    requireOldStart(reader.segment(), at, reader.sequence(at));
                    mark = Math.max(mark, reader.knownDurable(at));
                }
            }
            return last;
        }
    }
}
