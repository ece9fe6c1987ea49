package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * Reads a fuzzer's bytes as steps that make the files of a data directory. The checksums are right unless a step spoils them, so that inputs
 * get behind them: any frames and blocks, in any order, with any entries, torn, repeated and overwritten. What the bytes do not say is zero.
 */
final class FuzzedLog {
    private static final long NODE_NUMBER = 7;
    private static final long SALT = 0x5a17;
    private static final int FILE_BYTES_MAX = 1 << 14;
    private static final int SEGMENTS_MAX = 4;

    private final ByteBuffer input;
    private final SimulatedDisk disk = new SimulatedDisk(64 << 20, new Random(1));
    private final Frame frame = new Frame();
    private ByteBuffer file = ByteBuffer.allocate(FILE_BYTES_MAX);
    private long segment = 1;
    private long salt = SALT;
    private long sequence;
    private long known;
    /** A segment is begun behind all frames of those before it. */
    private long greatestBefore;

    private long greatest;

    private FuzzedLog(byte[] input) {
        this.input = ByteBuffer.wrap(input);
    }

    /** A directory with a log, and with a snapshot if the input says so. */
    static SimulatedDisk log(byte[] input) throws IOException {
        FuzzedLog log = new FuzzedLog(input);
        log.node();
        if (log.next() % 4 == 3) {
            log.snapshot();
        }
        log.segments();
        return log.disk;
    }

    /** A directory with a snapshot, and a log that holds nothing. */
    static SimulatedDisk snapshot(byte[] input) throws IOException {
        FuzzedLog log = new FuzzedLog(input);
        log.node();
        log.snapshot();
        log.beginSegment();
        log.endFile(Segment.name(log.segment));
        return log.disk;
    }

    private void node() throws IOException {
        int bits = next();
        NodeFile node = NodeFile.create(disk, NODE_NUMBER, 1 + (bits & 3));
        if ((bits & 4) == 0) {
            node.begin();
        }
        node.close();
    }

    private void segments() throws IOException {
        beginSegment();
        while (input.hasRemaining()) {
            switch (next() % 10) {
                case 0, 1, 2, 3 -> frame();
                case 4 -> put(bytes(next()));
                case 5 -> zeros(16 * next());
                case 6 -> spoil();
                case 7 -> file.position(Math.min(file.position(), nextChar()));
                case 8 -> header();
                default -> {
                    if (segment < SEGMENTS_MAX) {
                        endFile(Segment.name(segment));
                        segment += 1 + next() / 250;
                        beginSegment();
                    }
                }
            }
        }
        endFile(Segment.name(segment));
    }

    private void beginSegment() throws IOException {
        file = ByteBuffer.allocate(FILE_BYTES_MAX);
        salt = SALT + segment;
        greatestBefore = greatest;
        Segment made = Segment.create(disk, segment, salt, Segment.HEADER_BYTES);
        made.file().read(file, 0);
    }

    /** Mostly the frame that is due, else one before it, after it, or of another start. */
    private void frame() {
        nextSequence();
        ByteBuffer payload = payload();
        int bytes = Frame.bytes(payload.remaining());
        if (file.remaining() < bytes) {
            return;
        }
        int at = file.position();
        frame.encode(header, salt, payload.remaining(), Frame.payloadCrc(payload), sequence, known);
        file.put(header).put(payload);
        file.position(at + bytes);
    }

    private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES);

    /** One without its payload. */
    private void header() {
        nextSequence();
        if (file.remaining() >= Frame.HEADER_BYTES) {
            frame.encode(header, salt, nextChar(), input.remaining(), sequence, known);
            file.put(header);
        }
    }

    private void nextSequence() {
        int bits = next();
        long before = sequence;
        switch (bits & 7) {
            case 6 -> sequence = Math.max(1, sequence + (byte) next());
            case 7 -> sequence = Sequence.of(Sequence.start(sequence) + next() % 3, 1 + next() % 3);
            default -> sequence = sequence == 0 ? Sequence.of(1, 1) : sequence + 1;
        }
        sequence = Math.max(sequence, greatestBefore + 1);
        greatest = Math.max(greatest, sequence);
        known = switch (bits >> 3 & 3) {
            case 0 -> Math.min(known, sequence - 1);
            case 1 -> Math.min(before, sequence - 1);
            case 2 -> sequence - 1;
            default -> Math.max(0, Math.min(sequence - 1, before - next()));
        };
    }

    /** Bytes as they come, or entries with right lengths. */
    private ByteBuffer payload() {
        int form = next();
        if (form >= 128) {
            return ByteBuffer.wrap(bytes(form & 0x7f));
        }
        ByteBuffer entries = ByteBuffer.allocate(4_096);
        for (int i = form % 4; i > 0; i--) {
            int type = next() % 3 == 0 ? LogEntry.CEILING : next();
            byte[] body = bytes(type == LogEntry.CEILING ? Long.BYTES : next());
            LogEntry.putHeader(entries, type, body.length);
            entries.put(body);
        }
        return entries.flip();
    }

    private void snapshot() throws IOException {
        file = ByteBuffer.allocate(FILE_BYTES_MAX);
        int bits = next();
        long start = Sequence.of(1 + (bits & 1), bits >> 1 & 3);
        long named = (bits & 0x80) == 0 ? start : start + 1;
        SnapshotFormat format = new SnapshotFormat();
        SnapshotFormat.Header made = new SnapshotFormat.Header(NODE_NUMBER + (bits >> 6 & 1), start, SALT);
        file.put(format.encode(made));
        int contentCrc = 0;
        int index = 0;
        for (int blocks = next() % 8; blocks > 0; blocks--) {
            ByteBuffer payload = payload();
            int crc = format.blockCrc(SALT, index, payload);
            contentCrc = format.contentCrc(contentCrc, crc);
            file.putInt(payload.remaining()).putInt(crc).putLong(index++).put(payload);
        }
        int entries = next();
        long durable = (bits & 0x20) == 0 ? start : Sequence.of(next() % 4, next());
        SnapshotFormat.Footer footer = new SnapshotFormat.Footer(index, entries, durable, nextChar(), contentCrc);
        file.put(format.encode(made, footer));
        for (int spoilt = next() % 4; spoilt == 1; spoilt = next() % 4) {
            spoil();
        }
        if (next() % 8 == 7) {
            file.position(Math.min(file.position(), nextChar()));
        }
        endFile(SnapshotFormat.name(named));
    }

    private void spoil() {
        int at = nextChar();
        if (at < file.position()) {
            file.put(at, (byte) (file.get(at) ^ next()));
        }
    }

    private void put(byte[] bytes) {
        file.put(bytes, 0, Math.min(bytes.length, file.remaining()));
    }

    private void zeros(int count) {
        put(new byte[count]);
    }

    private void endFile(String name) throws IOException {
        if (!disk.names().contains(name)) {
            disk.create(name).close();
        }
        disk.replace(name, Arrays.copyOf(file.array(), file.position()));
    }

    private int next() {
        return input.hasRemaining() ? input.get() & 0xff : 0;
    }

    private int nextChar() {
        return next() << 8 | next();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[Math.min(count, input.remaining())];
        input.get(bytes);
        return bytes;
    }
}
