package io.creek.store;

import java.util.Arrays;

/** A stack of record ids. Gives memory back when it has emptied to a quarter. */
final class RecordIds {
    private static final int CAPACITY_MIN = 16;

    private long[] ids = new long[CAPACITY_MIN];
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    void push(long id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size * 2);
        }
        ids[size++] = id;
    }

    long pop() {
        long id = ids[--size];
        if (size >= CAPACITY_MIN && size < ids.length / 4) {
            ids = Arrays.copyOf(ids, ids.length / 2);
        }
        return id;
    }
}
