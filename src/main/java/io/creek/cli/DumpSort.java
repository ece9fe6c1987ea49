package io.creek.cli;

import io.creek.store.Version;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the entries of a dump in a bounded heap: sorted runs of bounded size in one temporary file, then merged (Knuth, "The Art of Computer
 * Programming" 3, 5.4). What fits in one run never touches the file. Of entries with one key the newest is kept. One thread.
 *
 * <p>A run in the file is a sequence of: key bytes 4, value bytes 4 (-1 for a tombstone), deadline 8, both versions 32, key, value.
 */
final class DumpSort implements Closeable {
    static final int RUN_BYTES = 32 << 20;

    private static final int HEADER_BYTES = 48;
    private static final int TOMBSTONE = -1;
    /** What an entry takes of the heap beside its key and value, roughly. */
    private static final int ENTRY_BYTES = 200;

    private static final int WINDOW_BYTES = 16 << 10;

    /** Gets the entries in order. */
    @FunctionalInterface
    interface Receiver {
        void entry(DumpedEntry entry) throws IOException;
    }

    private final int runBytesMax;
    private final List<DumpedEntry> run = new ArrayList<>();
    private final List<Cursor> cursors = new ArrayList<>();
    private long runBytes;
    private @Nullable FileChannel file;

    DumpSort(int runBytesMax) {
        this.runBytesMax = runBytesMax;
    }

    void add(DumpedEntry entry) throws IOException {
        byte[] value = entry.value;
        run.add(entry);
        runBytes += ENTRY_BYTES + entry.key.length + (value == null ? 0 : value.length);
        if (runBytes >= runBytesMax) {
            spill();
        }
    }

    /** Hands all on, once. */
    void each(Receiver receiver) throws IOException {
        if (cursors.isEmpty()) {
            run.sort(DumpedEntry.ORDER);
            byte[] last = null;
            for (DumpedEntry entry : run) {
                last = hand(entry, last, receiver);
            }
            return;
        }
        spill();
        PriorityQueue<Cursor> heads =
                new PriorityQueue<>((one, other) -> DumpedEntry.ORDER.compare(one.head(), other.head()));
        for (Cursor cursor : cursors) {
            if (cursor.advance()) {
                heads.add(cursor);
            }
        }
        byte[] last = null;
        while (!heads.isEmpty()) {
            Cursor least = heads.remove();
            if (!Arrays.equals(least.head().key, last)) {
                last = hand(least.whole(), last, receiver);
            }
            if (least.advance()) {
                heads.add(least);
            }
        }
    }

    private static byte[] hand(DumpedEntry entry, byte @Nullable [] last, Receiver receiver) throws IOException {
        if (!Arrays.equals(entry.key, last)) {
            receiver.entry(entry);
        }
        return entry.key;
    }

    private void spill() throws IOException {
        if (run.isEmpty()) {
            return;
        }
        run.sort(DumpedEntry.ORDER);
        Path place = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            FileChannel channel = file();
            long start = channel.size();
            channel.position(start);
            DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 20));
            for (DumpedEntry entry : run) {
                write(entry, out);
            }
            out.flush();
            cursors.add(new Cursor(channel, start, channel.size()));
        } catch (IOException e) {
            throw new IOException("sorting in " + place + " (-Djava.io.tmpdir): " + e.getMessage(), e);
        }
        run.clear();
        runBytes = 0;
    }

    private FileChannel file() throws IOException {
        FileChannel open = file;
        if (open == null) {
            Path path = Files.createTempFile("creek-dump", ".tmp");
            open = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            file = open;
        }
        return open;
    }

    private static void write(DumpedEntry entry, DataOutputStream out) throws IOException {
        byte[] value = entry.value;
        out.writeInt(entry.key.length);
        out.writeInt(value == null ? TOMBSTONE : value.length);
        out.writeLong(entry.deadlineMillis);
        write(entry.written, out);
        write(entry.expiry, out);
        out.write(entry.key);
        if (value != null) {
            out.write(value);
        }
    }

    private static void write(Version version, DataOutputStream out) throws IOException {
        out.writeLong(version.clock());
        out.writeLong(version.node());
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    /** Reads one run. Its head has no value: many runs of large values would not fit in the heap together. */
    private static final class Cursor {
        private final FileChannel file;
        private final long end;
        private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
        private long windowOffset;
        private long next;
        private long valueOffset;
        private int valueBytes;
        private @Nullable DumpedEntry head;

        Cursor(FileChannel file, long start, long end) {
            this.file = file;
            this.next = start;
            this.end = end;
        }

        DumpedEntry head() {
            if (head == null) {
                throw new IllegalStateException("a run that has ended has no head");
            }
            return head;
        }

        boolean advance() throws IOException {
            head = null;
            if (next == end) {
                return false;
            }
            ByteBuffer header = ByteBuffer.wrap(read(next, HEADER_BYTES));
            int keyBytes = header.getInt();
            valueBytes = header.getInt();
            long deadlineMillis = header.getLong();
            Version written = new Version(header.getLong(), header.getLong());
            Version expiry = new Version(header.getLong(), header.getLong());
            byte[] key = read(next + HEADER_BYTES, keyBytes);
            head = new DumpedEntry(key, null, deadlineMillis, written, expiry);
            valueOffset = next + HEADER_BYTES + keyBytes;
            next = valueOffset + Math.max(0, valueBytes);
            return true;
        }

        DumpedEntry whole() throws IOException {
            DumpedEntry entry = head();
            byte[] value = valueBytes == TOMBSTONE ? null : read(valueOffset, valueBytes);
            return new DumpedEntry(entry.key, value, entry.deadlineMillis, entry.written, entry.expiry);
        }

        private byte[] read(long offset, int bytes) throws IOException {
            byte[] read = new byte[bytes];
            if (bytes > WINDOW_BYTES) {
                fill(ByteBuffer.wrap(read), offset);
                return read;
            }
            if (offset < windowOffset || offset + bytes > windowOffset + window.limit()) {
                windowOffset = offset;
                window.clear().limit((int) Math.min(WINDOW_BYTES, end - offset));
                fill(window, offset);
                window.flip();
            }
            window.get((int) (offset - windowOffset), read);
            return read;
        }

        private void fill(ByteBuffer into, long offset) throws IOException {
            while (into.hasRemaining()) {
                if (file.read(into, offset + into.position()) < 0) {
                    throw new IOException("sorting: expected " + into.limit() + " bytes at " + offset
                            + " of the temporary file, actual " + into.position());
                }
            }
        }
    }
}
