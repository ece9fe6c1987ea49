package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StoredEntryTest {
    private static final byte[] BYTES = new byte[80];

    private final Entry entry = new Entry();

    StoredEntryTest() {
        entry.key(BYTES, 0, 16);
        entry.value(BYTES, 16, 64);
        entry.written(7, 1);
    }

    @Test
    void aDeadlineThatMovesLeavesTheRecordAsLongAsItWas() {
        int without = StoredEntry.length(entry);
        entry.deadlineMillis = 1_000;
        int set = StoredEntry.length(entry);
        entry.expiryClock = 8;
        assertThat(StoredEntry.length(entry)).isEqualTo(set).isGreaterThan(without);
    }

    @Test
    void aTombstoneOfWhatExpiredHasNoRoomForAnExpiryVersion() {
        entry.deadlineMillis = 1_000;
        entry.noValue();
        int expired = StoredEntry.length(entry);
        entry.expiryClock = 8;
        assertThat(StoredEntry.length(entry)).isEqualTo(expired + 10);
    }
}
