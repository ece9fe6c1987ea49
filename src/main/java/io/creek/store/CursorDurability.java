package io.creek.store;

/** How far an origin's cursor is durable: of the cursors that are not, the oldest and the newest that were logged. Owned by replication's loop. */
final class CursorDurability {
    private long durable;
    private long oldest;
    private long oldestFrame;
    private long newest;
    private long newestFrame;

    CursorDurability(long recovered) {
        durable = recovered;
    }

    void logged(long cursor, long frame) {
        newest = cursor;
        newestFrame = frame;
        if (oldestFrame == 0) {
            oldest = cursor;
            oldestFrame = frame;
        }
    }

    long durable(long durableFrame) {
        if (newestFrame > 0 && newestFrame <= durableFrame) {
            durable = newest;
            newestFrame = 0;
            oldestFrame = 0;
        } else if (oldestFrame > 0 && oldestFrame <= durableFrame) {
            durable = oldest;
            oldest = newest;
            oldestFrame = newestFrame;
        }
        return durable;
    }
}
