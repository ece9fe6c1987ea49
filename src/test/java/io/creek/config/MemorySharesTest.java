package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MemorySharesTest {
    /** With the heaps of the image: a quarter of the memory, at most 4 GiB. With that of the launcher they are the launcher's. */
    @ParameterizedTest
    @CsvSource({
        "256, 64, 96, 32",
        "512, 128, 192, 64",
        "1024, 256, 384, 128",
        "2048, 512, 768, 256",
        "8192, 2048, 3072, 1024",
        "8192, 1024, 4096, 1024",
        "32768, 4096, 16384, 4096",
        "262144, 4096, 159744, 32768",
    })
    void theStoreHasWhatTheOthersLeave(long memoryMib, long heapMib, long storeMib, long networkMib) {
        assertThat(MemoryShares.of(memoryMib << 20, heapMib << 20))
                .isEqualTo(new MemoryShares(storeMib << 20, networkMib << 20));
    }

    @Test
    void aHeapOfMostOfTheMemoryLeavesTheStoreAQuarter() {
        assertThat(MemoryShares.of(1024 << 20, 900 << 20).storeBytes()).isEqualTo(256 << 20);
    }

    @Test
    void thisJvmWasNotAllowedMoreThanThereIs() {
        assertThat(MemoryShares.directBytesAllowed()).isZero();
        assertThat(MemoryShares.current()).isEmpty();
    }
}
