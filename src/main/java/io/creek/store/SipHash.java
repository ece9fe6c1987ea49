package io.creek.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-1-3 of byte strings under a secret 128-bit key, so that no client can choose keys that collide (Aumasson and Bernstein,
 * "SipHash: a fast short-input PRF", 2012; one and three rounds as in Rust's and Ruby's tables).
 *
 * <p>Immutable; any thread; allocates nothing.
 */
final class SipHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long v0;
    private final long v1;
    private final long v2;
    private final long v3;
    private final int compressionRounds;
    private final int finalRounds;

    SipHash(long key0, long key1) {
        this(key0, key1, 1, 3);
    }

    SipHash(long key0, long key1, int compressionRounds, int finalRounds) {
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
        this.compressionRounds = compressionRounds;
        this.finalRounds = finalRounds;
    }

    long hash(byte[] bytes, int offset, int length) {
        long a = v0;
        long b = v1;
        long c = v2;
        long d = v3;
        int wordsEnd = offset + (length & ~7);
        int position = offset;
        boolean last = false;
        while (true) {
            long word;
            if (position < wordsEnd) {
                word = (long) LONG.get(bytes, position);
                position += Long.BYTES;
            } else {
                word = tail(bytes, position, length);
                last = true;
            }
            d ^= word;
            for (int round = 0; round < compressionRounds; round++) {
                a += b;
                b = Long.rotateLeft(b, 13) ^ a;
                a = Long.rotateLeft(a, 32);
                c += d;
                d = Long.rotateLeft(d, 16) ^ c;
                a += d;
                d = Long.rotateLeft(d, 21) ^ a;
                c += b;
                b = Long.rotateLeft(b, 17) ^ c;
                c = Long.rotateLeft(c, 32);
            }
            a ^= word;
            if (last) {
                break;
            }
        }
        c ^= 0xff;
        for (int round = 0; round < finalRounds; round++) {
            a += b;
            b = Long.rotateLeft(b, 13) ^ a;
            a = Long.rotateLeft(a, 32);
            c += d;
            d = Long.rotateLeft(d, 16) ^ c;
            a += d;
            d = Long.rotateLeft(d, 21) ^ a;
            c += b;
            b = Long.rotateLeft(b, 17) ^ c;
            c = Long.rotateLeft(c, 32);
        }
        return a ^ b ^ c ^ d;
    }

    /** The last 0 to 7 bytes, with the length in the top byte. */
    private static long tail(byte[] bytes, int position, int length) {
        long word = (long) length << 56;
        for (int i = (length & 7) - 1; i >= 0; i--) {
            word |= (bytes[position + i] & 0xffL) << (i * 8);
        }
        return word;
    }
}
