package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code node}: who this node is and how often it was started. Two slots, 4096 bytes apart, are written in turn and in
 * place, so that a torn write leaves the other slot, and a node can start on a disk that is full. One thread at a time.
 *
 * <p>Slot: magic 8, format 4, flags 4, node number 8, start counter 8, CRC32C of all before 4.
 */
final class NodeFile {
    static final String NAME = "node";
    static final int FORMAT = 1;

    private static final String TEMPORARY = "node.tmp";
    private static final long MAGIC = 0x435245454b4e4f44L; // CREEKNOD
    private static final int SLOTS = 2;
    private static final int SLOT_STRIDE_BYTES = 4096;
    private static final int SLOT_BYTES = 36;
    private static final int FLAG_LOG_BEGUN = 1;

    /** @param logBegun whether the first segment was made, so that a log that is not there is a lost one */
    record Slot(long nodeNumber, long start, boolean logBegun) {}

    private record Slots(Slot newest, int newestIndex, int valid) {}

    private final DiskFile file;
    private Slot current;
    private int currentIndex;

    private NodeFile(DiskFile file, Slot current, int currentIndex) {
        this.file = file;
        this.current = current;
        this.currentIndex = currentIndex;
    }

    /** Makes the file of a new node, durably: it is there whole or not at all. */
    static NodeFile create(Disk disk, long nodeNumber, long start) throws IOException {
        Slot first = new Slot(nodeNumber, start, false);
        DiskFile file = disk.create(TEMPORARY);
        for (int index = 0; index < SLOTS; index++) {
            file.write(encode(first), (long) index * SLOT_STRIDE_BYTES);
        }
        file.write(ByteBuffer.allocate(SLOT_STRIDE_BYTES - SLOT_BYTES), SLOT_STRIDE_BYTES + SLOT_BYTES);
        file.force();
        disk.rename(TEMPORARY, NAME);
        disk.syncDirectory("");
        return new NodeFile(file, first, 0);
    }

    /** Opens the file and begins a new start, durably. */
    static NodeFile open(Disk disk) throws IOException {
        DiskFile file = disk.open(NAME);
        try {
            Slots slots = read(disk, file);
            NodeFile node = new NodeFile(file, slots.newest, slots.newestIndex);
            // A slot that is not valid may have held one start more: that one must not be used again.
            node.write(slots.newest.start + (slots.valid == SLOTS ? 1 : 2), slots.newest.logBegun);
            return node;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** What the file says, without a new start. */
    static Slot read(Disk disk) throws IOException {
        try (DiskFile file = disk.open(NAME)) {
            return read(disk, file).newest;
        }
    }

    private static Slots read(Disk disk, DiskFile file) throws IOException {
        Slot newest = null;
        int newestIndex = 0;
        int valid = 0;
        for (int index = 0; index < SLOTS; index++) {
            Slot slot = read(disk, file, index);
            if (slot != null) {
                valid++;
                if (newest == null
                        || slot.start > newest.start
                        || (slot.start == newest.start && slot.logBegun && !newest.logBegun)) {
                    newest = slot;
                    newestIndex = index;
                }
            }
        }
        if (newest == null) {
            throw new DamageException(disk.describe(NAME) + ": expected a valid slot at 0 or " + SLOT_STRIDE_BYTES
                    + ", actual none: who this node is and how often it was started is lost");
        }
        return new Slots(newest, newestIndex, valid);
    }

    Slot current() {
        return current;
    }

    void begin() throws IOException {
        if (!current.logBegun) {
            write(current.start, true);
        }
    }

    /** Begins another start without a restart, durably. */
    long nextStart() throws IOException {
        write(current.start + 1, current.logBegun);
        return current.start;
    }

    void close() throws IOException {
        file.close();
    }

    private void write(long start, boolean logBegun) throws IOException {
        if (start > Sequence.START_MAX) {
            throw new IOException("start counter: expected at most " + Sequence.START_MAX + ", actual " + start);
        }
        Slot next = new Slot(current.nodeNumber, start, logBegun);
        int index = SLOTS - 1 - currentIndex;
        file.write(encode(next), (long) index * SLOT_STRIDE_BYTES);
        file.force();
        current = next;
        currentIndex = index;
    }

    private static @Nullable Slot read(Disk disk, DiskFile file, int index) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES);
        if (file.read(bytes, (long) index * SLOT_STRIDE_BYTES) < SLOT_BYTES || bytes.getLong(0) != MAGIC) {
            return null;
        }
        if (bytes.getInt(SLOT_BYTES - Integer.BYTES) != crc(bytes.array())) {
            return null;
        }
        int format = bytes.getInt(8);
        if (format > FORMAT) {
            throw new LaterFormatException(disk.describe(NAME), format, FORMAT);
        }
        return new Slot(bytes.getLong(16), bytes.getLong(24), (bytes.getInt(12) & FLAG_LOG_BEGUN) != 0);
    }

    private static ByteBuffer encode(Slot slot) {
        ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES);
        bytes.putLong(MAGIC).putInt(FORMAT).putInt(slot.logBegun ? FLAG_LOG_BEGUN : 0);
        bytes.putLong(slot.nodeNumber).putLong(slot.start);
        return bytes.putInt(crc(bytes.array())).flip();
    }

    private static int crc(byte[] slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot, 0, SLOT_BYTES - Integer.BYTES);
        return (int) crc.getValue();
    }
}
