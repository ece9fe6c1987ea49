package io.creek.store;

import java.util.ArrayList;
import java.util.List;

/** The arenas that have free records of one class; the one that came last is used first. Owned by one event loop. */
final class ArenaStack {
    private final List<Arena> arenas = new ArrayList<>(2);

    boolean isEmpty() {
        return arenas.isEmpty();
    }

    Arena top() {
        return arenas.get(arenas.size() - 1);
    }

    void push(Arena arena) {
        arenas.add(arena);
    }

    void pop() {
        arenas.remove(arenas.size() - 1);
    }

    void remove(Arena arena) {
        arenas.remove(arena);
    }
}
