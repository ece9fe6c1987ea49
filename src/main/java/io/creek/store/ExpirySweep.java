package io.creek.store;

import java.util.function.LongPredicate;

/**
 * Turns entries whose deadline has passed into nothing, or into tombstones where those are kept: what frees their memory. Readers do not
 * depend on it.
 *
 * <p>Owned by the shard's event loop.
 */
final class ExpirySweep {
    /** So many stale pairs in the schedule are not worth looking for. */
    private static final int STALE_MIN = 65_536;

    private final Keyspace keyspace;
    private final EntryRecords entries;
    private final StoredEntry swept;
    private final Entry tombstone = new Entry();
    private long expiredKeys;

    ExpirySweep(Keyspace keyspace, EntryRecords entries) {
        this.keyspace = keyspace;
        this.entries = entries;
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
        if (!schedule.isMoving() && schedule.size() > 2 * keyspace.keysWithDeadline() + STALE_MIN) {
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
                    if (locked.test(schedule.polledPlacement())) {
                        schedule.retry();
                    } else if (isScheduled(schedule)) {
                        expireOrMove(schedule, nowMillis);
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

    private void expireOrMove(ExpirySchedule schedule, long nowMillis) {
        long place = schedule.polledPlacement();
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
        keyspace.put(place, tombstone, swept);
    }

    /** Entries that it has expired. */
    long expiredKeys() {
        return expiredKeys;
    }

    void resetExpiredKeys() {
        expiredKeys = 0;
    }
}
