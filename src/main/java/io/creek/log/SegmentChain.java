package io.creek.log;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The segment that is written and the prepared ones behind it, and what fits where. Guarded by the log's append lock.
 *
 * <p>A frame is placed only on zeros that are durable: so the disk cannot fill up under a frame that was accepted. About one segment is
 * prepared ahead, less as long as little was ever written.
 */
final class SegmentChain {
    /** A segment of the chain and how far it is prepared. */
    private static final class Link {
        final Segment segment;
        long zeroed;

        Link(Segment segment, long zeroed) {
            this.segment = segment;
            this.zeroed = zeroed;
        }
    }

    /**
     * The next piece to prepare.
     *
     * @param segment to make longer, or null for a new one
     * @param number of the segment
     * @param to up to which offset zeros go, from {@code from}
     * @param toCome bytes that are needed all in all, for a frame that waits
     */
    record Growth(@Nullable Segment segment, long number, long from, long to, long toCome) {
        /** Makes the zeros, durably. */
        Segment carryOut(Disk disk, RandomGenerator random) throws IOException {
            if (segment == null) {
                return Segment.create(disk, number, random.nextLong(), to);
            }
            Zeros.write(segment.file(), from, to);
            segment.file().force();
            return segment;
        }
    }

    /**
     * A segment behind the one that is written.
     *
     * @param lastSequence of its last frame, or of the one before it when it holds none
     * @param framesBytes all its frames
     */
    record Past(Segment segment, long lastSequence, long framesBytes) {}

    private final LogOptions options;
    private final ArrayDeque<Past> past = new ArrayDeque<>();
    private final ArrayDeque<Link> ahead = new ArrayDeque<>();
    private Link current;
    private long offset;
    private long aheadBytes;
    private long placedBytes;
    private long lastSequence;
    private long framesBytes;
    private long removedBytes;
    private long demandBytes;

    private SegmentChain(LogOptions options, Segment first, long zeroed, long offset) {
        this.options = options;
        this.current = new Link(first, zeroed);
        this.offset = offset;
    }

    /** The chain that goes on where recovery ended, or a new one. */
    static SegmentChain of(DataDirectory directory, LogOptions options, Recovery.Recovered recovered)
            throws IOException {
        List<Segment> segments = recovered.segments();
        if (segments.isEmpty()) {
            long salt = directory.random().nextLong();
            Segment first = Segment.create(directory.disk(), 1, salt, options.chunkBytes());
            directory.beginLog();
            return new SegmentChain(options, first, options.chunkBytes(), Segment.HEADER_BYTES);
        }
        for (Past past : recovered.past()) {
            past.segment().file().close();
        }
        // A log that a crash kept from being noted: without frames in it there was nothing to lose.
        directory.beginLog();
        Segment current = segments.get(recovered.current());
        SegmentChain chain = new SegmentChain(options, current, current.file().size(), recovered.offset());
        chain.past.addAll(recovered.past());
        chain.lastSequence = recovered.lastSequence();
        chain.framesBytes = recovered.offset() - Segment.HEADER_BYTES;
        recovered.past().forEach(past -> chain.framesBytes += past.framesBytes());
        for (Segment ahead : segments.subList(recovered.current() + 1, segments.size())) {
            chain.addAhead(ahead, ahead.file().size());
        }
        return chain;
    }

    private void addAhead(Segment segment, long zeroed) {
        ahead.add(new Link(segment, zeroed));
        aheadBytes += zeroed - Segment.HEADER_BYTES;
    }

    Segment segment() {
        return current.segment;
    }

    long offset() {
        return offset;
    }

    /** Moves to where the frame goes, rolling on to the next segment if need be; false when there is no such place now. */
    boolean place(int frameBytes, SpaceClass spaceClass) {
        Link link = linkFor(frameBytes, options.keptBytes(spaceClass));
        if (link == null) {
            demandBytes = Math.max(demandBytes, frameBytes);
            return false;
        }
        if (link != current) {
            while (current != link) {
                past.add(new Past(current.segment, lastSequence, offset - Segment.HEADER_BYTES));
                offset = Segment.HEADER_BYTES;
                current = ahead.removeFirst();
                aheadBytes -= current.zeroed - Segment.HEADER_BYTES;
            }
        }
        return true;
    }

    /** A frame was put where {@link #place} has moved to. */
    void advance(int frameBytes, long sequence) {
        offset += frameBytes;
        placedBytes += frameBytes;
        framesBytes += frameBytes;
        lastSequence = sequence;
        if (frameBytes >= demandBytes) {
            demandBytes = 0;
        }
    }

    /** All frames that were ever placed, deleted ones of this life included. */
    long framesBytes() {
        return framesBytes;
    }

    /** All frames that are still there. */
    long keptFramesBytes() {
        return framesBytes - removedBytes;
    }

    /** The oldest segment, if none of its frames is above the sequence and it is not written any more. */
    @Nullable
    Segment oldestUpTo(long sequence) {
        Past oldest = past.peek();
        return oldest != null && oldest.lastSequence <= sequence ? oldest.segment : null;
    }

    /** The first segment that may hold a frame above the sequence. */
    long numberBehind(long sequence) {
        for (Past written : past) {
            if (written.lastSequence > sequence) {
                return written.segment.number();
            }
        }
        return current.segment.number();
    }

    /** Of the segment in which the cursor lies, the part that its place among the sequences tells. */
    long framesBytesBehind(long cursor) {
        long bytes = 0;
        long before = 0;
        for (Past written : past) {
            bytes += behind(cursor, before, written.lastSequence, written.framesBytes);
            before = written.lastSequence;
        }
        return bytes + behind(cursor, before, lastSequence, offset - Segment.HEADER_BYTES);
    }

    private static long behind(long cursor, long before, long last, long framesBytes) {
        if (cursor >= last) {
            return 0;
        }
        boolean within = cursor > before && Sequence.start(cursor) == Sequence.start(last);
        double share = within ? (double) (last - cursor) / Math.min(last - before, Sequence.number(last)) : 1;
        return (long) (framesBytes * share);
    }

    void removeOldest() {
        removedBytes += past.remove().framesBytes;
    }

    long availableBytes() {
        return current.zeroed - offset + aheadBytes;
    }

    /** Whether less is prepared than should be. */
    boolean isShort() {
        long target = Math.max(options.segmentBytes() / 4, Math.min(placedBytes, options.segmentBytes()));
        return availableBytes() < target;
    }

    /** What to prepare next, or null when there is enough. */
    @Nullable
    Growth next() {
        Link last = ahead.isEmpty() ? current : ahead.getLast();
        long wanted = last == current
                ? options.segmentBytes()
                : Math.max(options.segmentBytes(), Segment.HEADER_BYTES + demandBytes);
        boolean demandMet = demandBytes == 0 || linkFor(demandBytes, options.keptBytes(SpaceClass.GROWING)) != null;
        if (demandMet && !isShort()) {
            return null;
        }
        boolean longer = last.zeroed < wanted;
        long from = longer ? last.zeroed : 0;
        long to = Math.min(from + options.chunkBytes(), longer ? wanted : options.segmentBytes());
        long toCome = Math.max(
                to - from, demandBytes == 0 ? 0 : Segment.HEADER_BYTES + demandBytes - (last == current ? 0 : from));
        return new Growth(longer ? last.segment : null, last.segment.number() + (longer ? 0 : 1), from, to, toCome);
    }

    void grown(Segment segment, long zeroed) {
        Link last = ahead.isEmpty() ? current : ahead.getLast();
        if (last.segment != segment) {
            addAhead(segment, zeroed);
        } else {
            aheadBytes += last == current ? 0 : zeroed - last.zeroed;
            last.zeroed = zeroed;
        }
    }

    /** The frame that waits for a place is refused. */
    void dropDemand() {
        demandBytes = 0;
    }

    /** All that are open here: the current one and those ahead. */
    List<Segment> segments() {
        List<Segment> segments = new ArrayList<>(List.of(current.segment));
        ahead.forEach(link -> segments.add(link.segment));
        return segments;
    }

    /** The first segment that has the room and leaves what is kept. */
    private @Nullable Link linkFor(long frameBytes, long kept) {
        if (offset + frameBytes <= current.zeroed) {
            return availableBytes() - frameBytes >= kept ? current : null;
        }
        long left = aheadBytes;
        for (Link link : ahead) {
            if (left - frameBytes < kept) {
                return null;
            }
            if (Segment.HEADER_BYTES + frameBytes <= link.zeroed) {
                return link;
            }
            left -= link.zeroed - Segment.HEADER_BYTES;
        }
        return null;
    }
}
