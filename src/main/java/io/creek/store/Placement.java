package io.creek.store;

/**
 * Where a key belongs, as one 64-bit number: its partition in the top 10 bits, 54 bits of its seeded hash below.
 *
 * <p>The number identifies a key almost surely (equal ones are told apart by the record, which holds the whole key), and its unsigned
 * order is the order in which keyspaces are scanned. Immutable; any thread.
 *
 * <p>{@code slot = CRC16(key) mod 16384}, over what stands between the first <code>{</code> and the next <code>}</code> if that is not
 * empty (Redis Cluster specification, "hash tags"); {@code partition = slot / 16}; {@code shard = partition mod shards}.
 */
final class Placement {
    static final int PARTITIONS = 1024;
    static final int HASH_BITS = 54;
    static final long HASH_MASK = (1L << HASH_BITS) - 1;

    private static final int SLOTS_PER_PARTITION = 16;
    private static final int SLOT_MASK = 16_383;
    private static final char[] CRC16_TABLE = crc16Table();

    private final SipHash hash;

    Placement(SipHash hash) {
        this.hash = hash;
    }

    long of(byte[] key, int offset, int length) {
        long partition = slot(key, offset, length) / SLOTS_PER_PARTITION;
        return partition << HASH_BITS | (hash.hash(key, offset, length) & HASH_MASK);
    }

    static int partition(long placement) {
        return (int) (placement >>> HASH_BITS);
    }

    /** The first placement of a partition. */
    static long first(int partition) {
        return (long) partition << HASH_BITS;
    }

    /** Low bits of a placement that a cursor leaves out, so that it fits into 53 bits. */
    private static final int CURSOR_SHIFT = 11;

    /** What of a placement tells a client where a walk goes on. */
    static long cursor(long placement) {
        return placement >>> CURSOR_SHIFT;
    }

    /** The first placement with that cursor; {@link PartitionIndex#END} when there can be none. */
    static long ofCursor(long cursor) {
        return cursor >>> (Long.SIZE - CURSOR_SHIFT) == 0 ? cursor << CURSOR_SHIFT : PartitionIndex.END;
    }

    /**
     * Where a walk over shard after shard goes on.
     *
     * @param next where it would in the order of placements, coming from that shard; or {@link PartitionIndex#END}
     */
    static long nextInShards(long next, int shard, int shards) {
        if (next != PartitionIndex.END && shard(next, shards) == shard) {
            return next;
        }
        // A partition of another shard: this shard's next one is at most as many further on as there are shards.
        int partition = next == PartitionIndex.END ? PARTITIONS : partition(next);
        int own = partition + Math.floorMod(shard - partition, shards);
        if (own < PARTITIONS) {
            return first(own);
        }
        return shard + 1 < shards ? first(shard + 1) : PartitionIndex.END;
    }

    static int shard(long placement, int shards) {
        return partition(placement) % shards;
    }

    static int shardOfKey(byte[] key, int offset, int length, int shards) {
        return slot(key, offset, length) / SLOTS_PER_PARTITION % shards;
    }

    static int slot(byte[] key, int offset, int length) {
        int end = offset + length;
        int crc = 0;
        for (int i = offset; i < end; i++) {
            if (key[i] == '{') {
                int close = indexOf(key, (byte) '}', i + 1, end);
                boolean tagged = close < end && close > i + 1;
                return (tagged ? crc16(0, key, i + 1, close) : crc16(crc, key, i, end)) & SLOT_MASK;
            }
            crc = crc16(crc, key[i]);
        }
        return crc & SLOT_MASK;
    }

    private static int indexOf(byte[] bytes, byte wanted, int from, int end) {
        int i = from;
        while (i < end && bytes[i] != wanted) {
            i++;
        }
        return i;
    }

    /** CRC-16/XMODEM: polynomial 0x1021, initial value 0. */
    private static int crc16(int before, byte[] bytes, int from, int end) {
        int crc = before;
        for (int i = from; i < end; i++) {
            crc = crc16(crc, bytes[i]);
        }
        return crc;
    }

    private static int crc16(int before, byte next) {
        return ((before << 8) ^ CRC16_TABLE[((before >>> 8) ^ next) & 0xff]) & 0xffff;
    }

    private static char[] crc16Table() {
        char[] table = new char[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }
            table[i] = (char) crc;
        }
        return table;
    }
}
