package io.creek.store;

import java.nio.ByteBuffer;

/** Non-negative ints in 1 to 5 bytes, seven bits each, least significant first. */
final class Varint {
    private Varint() {}

    static int length(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    static void put(ByteBuffer out, int value) {
        int rest = value;
        while (rest > 0x7f) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    static int put(byte[] out, int position, int value) {
        int at = position;
        int rest = value;
        while (rest > 0x7f) {
            out[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[at++] = (byte) rest;
        return at;
    }

    /** @throws IllegalArgumentException for more than five bytes or a negative number */
    static int get(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte part = in.get();
            value |= (part & 0x7f) << shift;
            if (part >= 0 && value >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("varint: more than 31 bits");
    }
}
