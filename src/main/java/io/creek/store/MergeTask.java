package io.creek.store;

import io.creek.log.CommitLog;
import io.creek.log.SpaceClass;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What one shard gets of a batch that was received: merges the entries that are newer than its own, and logs those, with how far the batch goes.
 *
 * <p>The frame names the cursor in any case: it tells that what follows was not made here, and so is not sent on. Only the last shard's says
 * that the whole batch is there; what is durable is a prefix of the log, so then the others' frames are too.
 */
final class MergeTask extends ShardTask {
    private final MergedBatch batch;
    private final List<ByteBuffer> mutations = new ArrayList<>();
    private final List<Long> places = new ArrayList<>();
    private final List<Floors.Floor> floors;
    private final FrameEntries frame = new FrameEntries();
    private long horizon;

    MergeTask(MergedBatch batch, List<Floors.Floor> floors) {
        this.batch = batch;
        this.floors = floors;
    }

    void add(long place, ByteBuffer mutation) {
        places.add(place);
        mutations.add(mutation);
    }

    @Override
    StoreOperation.Owner client() {
        return batch.owner();
    }

    @Override
    boolean mustWait(Shard shard) {
        if (isOverEveryKey()) {
            return !shard.locks().isFree();
        }
        return places.stream().anyMatch(shard.locks()::isLocked);
    }

    @Override
    boolean isOverEveryKey() {
        return !floors.isEmpty();
    }

    @Override
    void run(Shard shard) {
        shard.versions().observe(batch.clockMax());
        // Not before: what was forgotten while the task waited must not come back by it.
        horizon = batch.horizon();
        boolean last = batch.isLast();
        boolean shrinks = !batch.isCopy() || collect(shard.keyspace(), true);
        batch.mark(frame, last);
        shrinks &= collect(shard.keyspace(), false);
        if (frame.count() > 1 && append(shard, shrinks ? SpaceClass.SHRINKING : SpaceClass.GROWING)) {
            shard.apply(this);
            if (last) {
                batch.cursorLogged();
            }
        }
        if (batch.done() && !batch.isCursorLogged()) {
            frame.clear();
            batch.mark(frame, true);
            if (append(shard, SpaceClass.INTERNAL)) {
                batch.cursorLogged();
            }
        }
        shard.gate(this);
    }

    private boolean append(Shard shard, SpaceClass space) {
        long sequence = batch.log().append(frame.entries(), space);
        if (sequence == CommitLog.REFUSED) {
            batch.refuse();
            return false;
        }
        shard.touched(sequence);
        batch.logged(sequence);
        return true;
    }

    /**
     * Adds what is newer than what the keyspace has: what was lost here, or all else. Whether that is nothing but deletions.
     *
     * <p>What was lost is in a copy, was made here and is not here: a loss of power took it after a peer had it. It is logged as if it was made
     * again, so that all get it who had not.
     */
    private boolean collect(Keyspace keyspace, boolean lost) {
        Entry entry = new Entry();
        StoredEntry view = keyspace.view();
        boolean shrinks = true;
        for (Floors.Floor floor : floors) {
            if (keyspace.isRaisedBy(floor) && lost == (batch.isCopy() && floor.node() == batch.node())) {
                frame.add(floor);
            }
        }
        for (int i = 0; i < mutations.size(); i++) {
            EntryCodec.decode(mutations.get(i).duplicate(), entry);
            if (keyspace.wins(places.get(i), entry, horizon, view)) {
                if (lost == (batch.isCopy() && isLost(entry, keyspace, view))) {
                    frame.add(entry);
                    shrinks &= entry.tombstone;
                }
            } else if (!lost && !view.found() && entry.valueClock <= horizon) {
                batch.ignored();
            } else if (!batch.isCopy() && keyspace.isLastWrittenBy(batch.node(), view)) {
                batch.overtaken();
            }
        }
        return shrinks;
    }

    /** Whether its value or its expiry, whichever is newer here, was made here. */
    private boolean isLost(Entry entry, Keyspace keyspace, StoredEntry stored) {
        return entry.expiryNode == batch.node()
                || (entry.valueNode == batch.node() && keyspace.isValueNewer(entry, stored));
    }

    /** Merges all of it; what is not newer changes nothing. */
    void apply(Keyspace keyspace) {
        Entry entry = new Entry();
        StoredEntry view = keyspace.view();
        for (Floors.Floor floor : floors) {
            keyspace.raise(floor);
        }
        for (int i = 0; i < mutations.size(); i++) {
            EntryCodec.decode(mutations.get(i).duplicate(), entry);
            keyspace.merge(places.get(i), entry, horizon, view);
        }
    }

    @Override
    void deliver() {
        batch.delivered();
    }
}
