package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class LogEntryTest {
    @Test
    void everyLengthComesBack() {
        for (int bodyBytes : new int[] {0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152}) {
            ByteBuffer entry = ByteBuffer.allocate(LogEntry.headerBytes(bodyBytes) + bodyBytes);
            LogEntry.putHeader(entry, LogEntry.CURSOR, bodyBytes);
            assertThat(entry.remaining()).isEqualTo(bodyBytes);
            int[] seen = {-1, -1};
            assertThat(LogEntry.each(1, entry, 0, entry.capacity(), (sequence, type, body) -> {
                        seen[0] = type;
                        seen[1] = body.remaining();
                    }))
                    .isTrue();
            assertThat(seen).containsExactly(LogEntry.CURSOR, bodyBytes);
        }
    }

    @Test
    void theHighBitMakesATypeLocal() {
        assertThat(LogEntry.isLocal(LogEntry.CEILING)).isTrue();
        assertThat(LogEntry.isLocal(LogEntry.MUTATION)).isFalse();
    }

    @Test
    void aPayloadThatEndsWithinAnEntryIsNoSequenceOfEntries() {
        ByteBuffer entries = Entries.of("abc", "def");
        for (int end = 1; end < entries.limit(); end++) {
            boolean whole = LogEntry.each(1, entries, 0, end, (sequence, type, body) -> {});
            assertThat(whole).as("end at %s", end).isEqualTo(end == 5);
        }
        ByteBuffer endless =
                ByteBuffer.allocate(8).put((byte) 1).putInt(-1).put((byte) -1).clear();
        assertThat(LogEntry.each(1, endless, 0, 8, (sequence, type, body) -> {}))
                .isFalse();
    }
}
