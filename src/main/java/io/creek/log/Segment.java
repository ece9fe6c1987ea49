package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of the log, {@code log/000001.log} and so on without gaps. Header of 64 bytes: magic 8, format 4, zero 4, number 8,
 * salt 8, zeros, CRC32C of all before 4. The header is durable before the first frame is written: so a header that is not valid before
 * anything but zeros is damage, never an unsynced tail. The first frame, not the header, tells the segment's first sequence.
 *
 * <p>Immutable; its file may be used by any thread.
 */
final class Segment {
    static final int HEADER_BYTES = 64;
    static final int FORMAT = 1;

    private static final long MAGIC = 0x435245454b4c4f47L; // CREEKLOG
    private static final int SALT_AT = 24;
    private static final int CRC_AT = HEADER_BYTES - Integer.BYTES;
    private static final Pattern NAME = Pattern.compile("[0-9]{6,18}\\.log");

    private final Disk disk;
    private final long number;
    private final long salt;
    private final DiskFile file;

    private Segment(Disk disk, long number, long salt, DiskFile file) {
        this.disk = disk;
        this.number = number;
        this.salt = salt;
        this.file = file;
    }

    /** Makes the file with its header and zeros up to {@code bytes}, durably; in place of one that a crash left half made. */
    static Segment create(Disk disk, long number, long salt, long bytes) throws IOException {
        DiskFile file = disk.create(name(number));
        try {
            file.write(header(number, salt), 0);
            Zeros.write(file, HEADER_BYTES, bytes);
            file.force();
            disk.syncDirectory(DataDirectory.LOG);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new Segment(disk, number, salt, file);
    }

    /**
     * Opens the file.
     *
     * @return null when its header is not valid
     * @throws LaterFormatException when it is, but of a later format
     */
    static @Nullable Segment open(Disk disk, long number, DiskFile file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        if (file.read(header, 0) < HEADER_BYTES || header.getLong(0) != MAGIC || header.getInt(CRC_AT) != crc(header)) {
            return null;
        }
        int format = header.getInt(8);
        if (format > FORMAT) {
            throw new LaterFormatException(disk.describe(name(number)), format, FORMAT);
        }
        return header.getLong(16) == number ? new Segment(disk, number, header.getLong(SALT_AT), file) : null;
    }

    /** With the salt that its header says, whatever else that says: for a repair. */
    static Segment withSaltOf(Disk disk, long number, DiskFile file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        file.read(header, 0);
        return new Segment(disk, number, header.getLong(SALT_AT), file);
    }

    static String name(long number) {
        return String.format("%s/%06d.log", DataDirectory.LOG, number);
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    static long number(String name) {
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    long number() {
        return number;
    }

    long salt() {
        return salt;
    }

    DiskFile file() {
        return file;
    }

    /** How messages name it. */
    @Override
    public String toString() {
        return disk.describe(name(number));
    }

    private static ByteBuffer header(long number, long salt) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(MAGIC).putInt(FORMAT).putInt(0).putLong(number).putLong(salt);
        return header.putInt(CRC_AT, crc(header)).clear();
    }

    private static int crc(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(0, CRC_AT));
        return (int) crc.getValue();
    }
}
