package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the segments of a directory: from the first one, or from any that a snapshot left, without gaps, each with a valid header. Only
 * the last may be without one, when a crash left it half made: it is removed. One thread.
 */
final class SegmentListing {
    private final DataDirectory directory;
    private final Disk disk;

    SegmentListing(DataDirectory directory) {
        this.directory = directory;
        this.disk = directory.disk();
    }

    /** @param behindSnapshot whether segments before the first may have been deleted */
    List<Segment> open(boolean behindSnapshot) throws IOException {
        List<Long> numbers = disk.list(DataDirectory.LOG).stream()
                .filter(Segment::isName)
                .map(Segment::number)
                .sorted()
                .toList();
        List<Segment> segments = new ArrayList<>();
        long first = behindSnapshot && !numbers.isEmpty() ? numbers.get(0) : 1;
        long next = first;
        for (long number : numbers) {
            if (number != next) {
                throw new DamageException(disk.describe(Segment.name(next)) + ": expected before "
                        + disk.describe(Segment.name(number)) + ", actual missing");
            }
            next++;
            boolean mayBeHalfMade = next == first + numbers.size() && (number > first || !directory.logBegun());
            open(number, mayBeHalfMade, segments);
        }
        if (segments.isEmpty() && directory.logBegun()) {
            throw new DamageException(
                    disk.describe(Segment.name(1)) + ": expected the log's first segment, actual missing");
        }
        return segments;
    }

    private void open(long number, boolean mayBeHalfMade, List<Segment> segments) throws IOException {
        DiskFile file = disk.open(Segment.name(number));
        Segment segment = Segment.open(disk, number, file);
        if (segment != null) {
            segments.add(segment);
            return;
        }
        boolean halfMade = mayBeHalfMade && isZeroBehindHeader(file);
        file.close();
        if (!halfMade) {
            throw new DamageException(
                    disk.describe(Segment.name(number)) + ": header at 0: expected a valid one of segment " + number
                            + ", actual none, though frames may follow");
        }
        disk.delete(Segment.name(number));
        disk.syncDirectory(DataDirectory.LOG);
    }

    static boolean isZeroBehindHeader(DiskFile file) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(SegmentReader.WINDOW_BYTES);
        for (long at = Segment.HEADER_BYTES; at < file.size(); at += window.limit()) {
            window.clear();
            file.read(window, at);
            if (Zeros.firstOther(window.flip()) >= 0) {
                return false;
            }
        }
        return true;
    }
}
