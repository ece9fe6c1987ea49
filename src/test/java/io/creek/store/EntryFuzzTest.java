package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.FuzzCorpus;
import io.creek.log.LogEntry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Any body of a mutation or a floor: it is refused with one exception, or it is what it says, and written again it is read as the same. */
final class EntryFuzzTest {

    /** @param input a floor's body behind an odd byte, a mutation's behind an even one */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] body = Arrays.copyOfRange(input, 1, input.length);
        if ((input[0] & 1) == 1) {
            floor(body);
        } else {
            mutation(body);
        }
    }

    private static void mutation(byte[] body) {
        Entry entry = new Entry();
        Entry direct = new Entry();
        boolean decoded = decode(ByteBuffer.wrap(body), entry);
        ByteBuffer offHeap = ByteBuffer.allocateDirect(body.length).put(body).flip();
        assertThat(decode(offHeap, direct)).isEqualTo(decoded);
        if (!decoded) {
            return;
        }
        assertThat(EntryCodecTest.describe(direct)).isEqualTo(EntryCodecTest.describe(entry));
        FrameEntries frame = new FrameEntries();
        frame.add(entry);
        ByteBuffer written = frame.entries();
        int length = EntryCodec.length(entry);
        assertThat(written.remaining()).isEqualTo(LogEntry.headerBytes(length) + length);
        Entry again = new Entry();
        assertThat(decode(written.position(LogEntry.headerBytes(length)), again))
                .isTrue();
        assertThat(EntryCodecTest.describe(again)).isEqualTo(EntryCodecTest.describe(entry));
    }

    private static boolean decode(ByteBuffer in, Entry entry) {
        try {
            EntryCodec.decode(in, entry);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).matches("(entry|varint): .*");
            return false;
        }
        assertThat(in.remaining()).isZero();
        return true;
    }

    private static void floor(byte[] body) {
        Floors.Floor floor;
        try {
            floor = Floors.Floor.decode(ByteBuffer.wrap(body));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).startsWith("floor: expected ");
            return;
        }
        ByteBuffer written = ByteBuffer.allocate(Floors.BODY_BYTES);
        floor.encode(written);
        assertThat(written.array()).isEqualTo(body);
        assertThat(new Floors().raise(floor)).isEqualTo(floor.clock() != 0 || floor.node() != 0);
    }

    @Test
    void keptInputsPass() {
        FuzzCorpus.play(EntryFuzzTest.class, EntryFuzzTest::fuzzerTestOneInput);
    }
}
