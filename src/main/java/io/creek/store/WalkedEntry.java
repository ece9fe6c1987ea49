package io.creek.store;

import io.creek.command.EntryView;

/** What a walk shows of the entry that it stands at. One per walk; owned by the loop that walks. */
final class WalkedEntry implements EntryView {
    private final Keyspace keyspace;
    private final long nowMillis;
    private final Entry versions = new Entry();
    private final StoredEntry stored;
    private byte[] keyArray = {};
    private int keyOffset;

    /** @param stored the view that the keyspace fills for this walk */
    WalkedEntry(Keyspace keyspace, StoredEntry stored, long nowMillis) {
        this.keyspace = keyspace;
        this.stored = stored;
        this.nowMillis = nowMillis;
    }

    /** The view has been filled with the next entry. */
    void moved() {
        keyArray = keyspace.entries().keyArray(stored);
        keyOffset = keyspace.entries().keyOffset(stored);
    }

    @Override
    public byte[] keyArray() {
        return keyArray;
    }

    @Override
    public int keyOffset() {
        return keyOffset;
    }

    @Override
    public int keyLength() {
        return stored.keyLength;
    }

    @Override
    public boolean exists() {
        return stored.visible(nowMillis);
    }

    @Override
    public boolean isTombstone() {
        return stored.tombstone;
    }

    @Override
    public byte[] value() {
        return stored.tombstone ? new byte[0] : keyspace.entries().value(stored);
    }

    @Override
    public long deadlineMillis() {
        return stored.deadlineMillis;
    }

    @Override
    public String valueVersion() {
        keyspace.entries().copyVersions(stored, versions);
        return new Version(versions.valueClock, versions.valueNode).toString();
    }

    @Override
    public String expiryVersion() {
        keyspace.entries().copyVersions(stored, versions);
        return new Version(versions.expiryClock, versions.expiryNode).toString();
    }
}
