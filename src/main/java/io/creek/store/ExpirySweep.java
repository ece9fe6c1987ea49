package io.creek.store;

import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/**
 * Turns entries whose deadline has passed into nothing, or into tombstones where those are kept, and forgets tombstones under the horizon:
 * what frees their memory. Readers do not depend on it.
 *
 * <p>Owned by the shard's event loop.
 */
final class ExpirySweep {
    /** So many stale pairs in the schedule are not worth looking for. */
    private static final int STALE_MIN = 65_536;

    /** When a tombstone is looked at: all nodes that are well forget it then, so that their digests differ for a moment only. */
    private static final long FORGOTTEN_AFTER_MILLIS = 10_000;

    /** When it is looked at again: a member is away, perhaps for long. */
    private static final long FORGOTTEN_RETRY_MILLIS = 60_000;

    private final Keyspace keyspace;
    private final EntryRecords entries;
    private final StoredEntry swept;
    private final Entry tombstone = new Entry();
    private final LongSupplier horizon;
    private long expiredKeys;
    private long forgottenTombstones;

    /** @param horizon below which tombstones may be forgotten */
    ExpirySweep(Keyspace keyspace, EntryRecords entries, LongSupplier horizon) {
        this.keyspace = keyspace;
        this.entries = entries;
        this.horizon = horizon;
        swept = entries.view();
    }

    /**
     * Expires what is due, at most {@code stepsMax} entries looked at. Entries whose keys are locked are tried again later.
     *
     * @return whether something due is left
     */
    boolean run(long nowMillis, int stepsMax, LongPredicate locked) {
        ExpirySchedule schedule = keyspace.schedule();
        schedule.advance(nowMillis);
        if (!schedule.isMoving() && schedule.size() > 2 * keyspace.waiting() + STALE_MIN) {
            schedule.revisitAll();
        }
        for (int step = 0; step < stepsMax; step++) {
            switch (schedule.poll()) {
                case NOTHING -> {
                    return false;
                }
                case MOVING -> {
                    if (isScheduled(schedule)) {
                        schedule.add(schedule.polledPlacement(), schedule.polledTick());
                    }
                }
                case DUE -> {
                    if (isScheduled(schedule)) {
                        // The chunks of a long value are freed one by one.
                        step += swept.valueLength / SizeClasses.RECORD_BYTES_MAX;
                        // Of all with the pair's tag it may be another key than the one that was put there.
                        long place = entries.place(swept, keyspace.placement());
                        if (locked.test(place)) {
                            schedule.retry();
                        } else if (swept.tombstone) {
                            forgetOrMove(place, schedule, nowMillis);
                        } else {
                            expireOrMove(place, schedule, nowMillis);
                        }
                    }
                }
            }
        }
        return true;
    }

    /** Reads the entry that waits there; false when there is none, so that the pair is stale. */
    private boolean isScheduled(ExpirySchedule schedule) {
        return keyspace.findScheduled(schedule.polledPlacement(), schedule.polledTick(), swept);
    }

    private void expireOrMove(long place, ExpirySchedule schedule, long nowMillis) {
        if (swept.deadlineMillis > nowMillis) {
            entries.reschedule(swept, schedule.add(place, schedule.tick(swept.deadlineMillis)));
            return;
        }
        expiredKeys++;
        byte[] key = entries.key(swept);
        tombstone.key(key, 0, key.length);
        tombstone.noValue();
        entries.copyVersions(swept, tombstone);
        tombstone.deadlineMillis = swept.deadlineMillis;
        keyspace.putPolled(place, tombstone, swept);
    }

    private void forgetOrMove(long place, ExpirySchedule schedule, long nowMillis) {
        long dueMillis = forgettableMillis(swept.expiryClock, swept.deadlineMillis);
        boolean due = dueMillis <= nowMillis;
        if (due
                && Entry.isForgettable(
                        horizon.getAsLong(), swept.valueClock, swept.expiryClock, swept.deadlineMillis)) {
            forgottenTombstones++;
            keyspace.remove(place, swept);
            return;
        }
        long nextMillis = due ? nowMillis + FORGOTTEN_RETRY_MILLIS : dueMillis;
        entries.reschedule(swept, schedule.add(place, schedule.tick(nextMillis)));
    }

    /** When a tombstone is looked at first. */
    long forgettableMillis(Entry entry) {
        return forgettableMillis(entry.expiryClock, entry.deadlineMillis);
    }

    private static long forgettableMillis(long expiryClock, long deadlineMillis) {
        return Math.max(HybridClock.millisOf(expiryClock), deadlineMillis) + FORGOTTEN_AFTER_MILLIS;
    }

    /** Entries that it has expired. */
    long expiredKeys() {
        return expiredKeys;
    }

    /** Tombstones that it has forgotten. */
    long forgottenTombstones() {
        return forgottenTombstones;
    }

    void resetExpiredKeys() {
        expiredKeys = 0;
    }
}
