package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class EntryCodecTest {

    @Test
    void everyKindOfEntryComesBackAsItWas() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 2_000; i++) {
            Entry entry = random(random);
            ByteBuffer out = ByteBuffer.allocate(EntryCodec.length(entry));
            EntryCodec.encode(entry, out);
            assertThat(out.remaining()).isZero();
            ByteBuffer in = out.flip();
            if (random.nextBoolean()) {
                in = ByteBuffer.allocateDirect(out.limit()).put(out).flip();
            }
            Entry decoded = new Entry();
            EntryCodec.decode(in, decoded);
            assertThat(describe(decoded)).isEqualTo(describe(entry));
        }
    }

    @Test
    void aLaterFormatIsRefused() {
        ByteBuffer in = ByteBuffer.wrap(new byte[] {2, 0, 1, 0});
        assertThatThrownBy(() -> EntryCodec.decode(in, new Entry()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("entry: expected format 1, actual 2");
    }

    @Test
    void lengthsThatDoNotAddUpAreRefused() {
        Entry entry = random(new SplittableRandom(9));
        ByteBuffer out = ByteBuffer.allocate(EntryCodec.length(entry) + 1);
        EntryCodec.encode(entry, out);
        ByteBuffer in = out.rewind();
        assertThatThrownBy(() -> EntryCodec.decode(in, new Entry())).isInstanceOf(IllegalArgumentException.class);
    }

    private static Entry random(SplittableRandom random) {
        Entry entry = new Entry();
        byte[] array = new byte[random.nextInt(1, 40_000)];
        random.nextBytes(array);
        int keyLength = random.nextInt(array.length);
        entry.key(array, 0, keyLength);
        entry.value(array, keyLength, random.nextInt(array.length - keyLength));
        entry.written(random.nextLong(), random.nextLong());
        if (random.nextBoolean()) {
            entry.expiryClock = random.nextLong();
        }
        if (random.nextBoolean()) {
            entry.deadlineMillis = random.nextLong();
        }
        if (random.nextInt(4) == 0) {
            entry.noValue();
        }
        return entry;
    }

    static String describe(Entry entry) {
        return Arrays.toString(Arrays.copyOfRange(entry.keyArray, entry.keyOffset, entry.keyOffset + entry.keyLength))
                + (entry.tombstone
                        ? " tombstone"
                        : Arrays.toString(Arrays.copyOfRange(
                                entry.valueArray, entry.valueOffset, entry.valueOffset + entry.valueLength)))
                + " " + entry.valueClock + " " + entry.valueNode + " " + entry.expiryClock + " " + entry.expiryNode
                + " "
                + entry.deadlineMillis;
    }
}
