package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the segments of a directory: without gaps, each with a valid header. Only the last may be without one, when a crash left it
 * half made: it is removed. One thread.
 */
final class SegmentListing {
    private final DataDirectory directory;
    private final Disk disk;

    SegmentListing(DataDirectory directory) {
        this.directory = directory;
        this.disk = directory.disk();
    }

    List<Segment> open() throws IOException {
        List<Long> numbers = disk.list(DataDirectory.LOG).stream()
                .filter(Segment::isName)
                .map(Segment::number)
                .sorted()
                .toList();
        List<Segment> segments = new ArrayList<>();
        for (long number : numbers) {
            if (number != segments.size() + 1) {
                throw new DamageException(disk.describe(Segment.name(segments.size() + 1)) + ": expected before "
                        + disk.describe(Segment.name(number)) + ", actual missing");
            }
            boolean last = number == numbers.size();
            open(number, last, segments);
        }
        if (segments.isEmpty() && directory.logBegun()) {
            throw new DamageException(
                    disk.describe(Segment.name(1)) + ": expected the log's first segment, actual missing");
        }
        return segments;
    }

    private void open(long number, boolean last, List<Segment> segments) throws IOException {
        DiskFile file = disk.open(Segment.name(number));
        Segment segment = Segment.open(disk, number, file);
        if (segment != null) {
            segments.add(segment);
            return;
        }
        boolean halfMade = last && (number > 1 || !directory.logBegun()) && isZeroBehindHeader(file);
        file.close();
        if (!halfMade) {
            throw new DamageException(
                    disk.describe(Segment.name(number)) + ": header at 0: expected a valid one of segment " + number
                            + ", actual none, though frames may follow");
        }
        disk.delete(Segment.name(number));
        disk.syncDirectory(DataDirectory.LOG);
    }

    private static boolean isZeroBehindHeader(DiskFile file) throws IOException {
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
