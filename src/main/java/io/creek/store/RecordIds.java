package io.creek.store;

import java.util.Arrays;

/** A stack of an arena's record ids. Gives memory back when it has emptied to a quarter. */
final class RecordIds {
    private static final int CAPACITY_MIN = 16;

    private int[] ids = new int[CAPACITY_MIN];
    private int size;

    int size() {
        return size;
    }

    void push(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size * 2);
        }
        ids[size++] = id;
    }

    int pop() {
        int id = ids[--size];
        if (size >= CAPACITY_MIN && size < ids.length / 4) {
            ids = Arrays.copyOf(ids, ids.length / 2);
        }
        return id;
    }
}
