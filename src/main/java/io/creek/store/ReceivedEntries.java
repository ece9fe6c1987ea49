package io.creek.store;

import io.creek.log.LogEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A batch's entries, placed, and what the most of them would do to clocks and memory. Owned by replication's loop. */
final class ReceivedEntries {
    private final Store store;
    private final Entry entry = new Entry();
    private final List<ByteBuffer> mutations = new ArrayList<>();
    private final List<Long> places = new ArrayList<>();
    private final List<Floors.Floor> floors = new ArrayList<>();
    private long clockMax;
    private long latestMillis;
    private long growthMax;

    ReceivedEntries(Store store) {
        this.store = store;
    }

    void add(int type, ByteBuffer body) {
        if (type == LogEntry.MUTATION) {
            ByteBuffer mutation = body.slice();
            EntryCodec.decode(mutation.duplicate(), entry);
            mutations.add(mutation);
            places.add(store.placement().of(entry.keyArray, entry.keyOffset, entry.keyLength));
            growthMax += EntryRecords.growthMax(entry);
            see(entry.expiryClock);
            if (entry.tombstone) {
                // Expired there, and not here yet if their clock is ahead.
                latestMillis = Math.max(latestMillis, entry.deadlineMillis);
            }
        } else if (type == LogEntry.FLOOR) {
            Floors.Floor floor = Floors.Floor.decode(body.slice());
            floors.add(floor);
            see(floor.clock());
        }
    }

    private void see(long clock) {
        clockMax = Math.max(clockMax, clock);
        latestMillis = Math.max(latestMillis, HybridClock.millisOf(clock));
    }

    /** The numbers of the mutations that are each shard's. */
    List<List<Integer>> byShard() {
        List<List<Integer>> byShard = new ArrayList<>();
        for (int shard = 0; shard < store.shards(); shard++) {
            byShard.add(new ArrayList<>());
        }
        for (int i = 0; i < places.size(); i++) {
            byShard.get(Placement.shard(places.get(i), store.shards())).add(i);
        }
        return byShard;
    }

    void addTo(MergeTask task, List<Integer> numbers) {
        numbers.forEach(i -> task.add(places.get(i), mutations.get(i)));
    }

    List<Floors.Floor> floors() {
        return floors;
    }

    /** The greatest clock among the versions. */
    long clockMax() {
        return clockMax;
    }

    /** The latest time that any of it names as past. */
    long latestMillis() {
        return latestMillis;
    }

    /** The most that memory could grow by. */
    long growthMax() {
        return growthMax;
    }
}
