package io.creek;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;

/**
 * Writes a tar archive (POSIX ustar) whose bytes depend on nothing but what is put into it: every entry has the time given here, a number for its owner
 * and no name. Used by one thread.
 */
final class TarWriter implements Closeable {
    private static final int BLOCK_BYTES = 512;
    private static final int NAME_BYTES_MAX = 100;
    private static final int CHECKSUM_AT = 148;

    private enum Type {
        FILE('0'),
        SYMBOLIC_LINK('2'),
        DIRECTORY('5');

        private final char flag;

        Type(char flag) {
            this.flag = flag;
        }
    }

    private final OutputStream out;
    private final Instant time;

    TarWriter(OutputStream out, Instant time) {
        this.out = out;
        this.time = time;
    }

    /** @param owner the number of both user and group */
    void directory(String name, int mode, int owner) throws IOException {
        out.write(header(Type.DIRECTORY, name + "/", mode, owner, 0, ""));
    }

    void link(String name, String target) throws IOException {
        out.write(header(Type.SYMBOLIC_LINK, name, 0777, 0, 0, target));
    }

    void file(String name, int mode, Path content) throws IOException {
        long size = Files.size(content);
        out.write(header(Type.FILE, name, mode, 0, size, ""));
        long copied = Files.copy(content, out);
        if (copied != size) {
            throw new IOException("%s: expected %d bytes, actual %d".formatted(content, size, copied));
        }
        pad(size);
    }

    void file(String name, byte[] content) throws IOException {
        out.write(header(Type.FILE, name, 0644, 0, content.length, ""));
        out.write(content);
        pad(content.length);
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) (-size & (BLOCK_BYTES - 1))]);
    }

    private byte[] header(Type type, String name, int mode, int owner, long size, String target) throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        text(block, 0, NAME_BYTES_MAX, name);
        number(block, 100, 8, mode);
        number(block, 108, 8, owner);
        number(block, 116, 8, owner);
        number(block, 124, 12, size);
        number(block, 136, 12, time.getEpochSecond());
        Arrays.fill(block, CHECKSUM_AT, CHECKSUM_AT + 8, (byte) ' ');
        block[156] = (byte) type.flag;
        text(block, 157, NAME_BYTES_MAX, target);
        text(block, 257, 8, "ustar\u000000");
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        number(block, CHECKSUM_AT, 7, sum);
        return block;
    }

    private static void text(byte[] block, int at, int bytesMax, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > bytesMax) {
            throw new IOException(text + ": expected at most " + bytesMax + " bytes in a name, actual " + bytes.length);
        }
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    /** Octal digits, and a zero byte. */
    private static void number(byte[] block, int at, int bytes, long number) throws IOException {
        String digits = Long.toOctalString(number);
        text(block, at, bytes - 1, "0".repeat(Math.max(0, bytes - 1 - digits.length())) + digits);
    }

    /** The end mark; closes the stream too. */
    @Override
    public void close() throws IOException {
        out.write(new byte[2 * BLOCK_BYTES]);
        out.close();
    }
}
