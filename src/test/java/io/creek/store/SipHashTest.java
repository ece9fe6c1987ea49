package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SipHashTest {
    private static final long KEY_0 = 0x0706050403020100L;
    private static final long KEY_1 = 0x0f0e0d0c0b0a0908L;

    @Test
    void givesTheVectorOfThePaper() {
        byte[] message = new byte[15];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) i;
        }
        assertThat(new SipHash(KEY_0, KEY_1, 2, 4).hash(message, 0, message.length))
                .isEqualTo(0xa129ca6149be45e5L);
    }

    @Test
    void agreesWithAnotherImplementationOnEveryLengthAndOffset() {
        SplittableRandom random = new SplittableRandom(1);
        SipHash hash = new SipHash(KEY_0, KEY_1, 2, 4);
        for (int length = 0; length < 70; length++) {
            byte[] bytes = new byte[length + 3];
            random.nextBytes(bytes);
            assertThat(hash.hash(bytes, 3, length))
                    .as("length %d", length)
                    .isEqualTo(Hashing.sipHash24(KEY_0, KEY_1)
                            .hashBytes(bytes, 3, length)
                            .asLong());
        }
    }

    @Test
    void anotherKeyGivesAnotherHash() {
        byte[] message = {1, 2, 3};
        assertThat(new SipHash(1, 2).hash(message, 0, 3)).isNotEqualTo(new SipHash(1, 3).hash(message, 0, 3));
    }
}
