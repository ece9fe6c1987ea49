package io.creek.store;

import java.util.Arrays;

/**
 * Small numbers for node numbers, so that a record holds two bytes for one instead of eight. Owned by one event loop.
 *
 * <p>A cluster sees few node numbers in its life; the search is linear, with the last one found first.
 */
final class NodeOrdinals {
    private long[] nodes = new long[4];
    private int size;
    private int lastFound;

    /** @throws IllegalStateException after 65 536 different nodes */
    char ordinal(long node) {
        if (lastFound < size && nodes[lastFound] == node) {
            return (char) lastFound;
        }
        int ordinal = 0;
        while (ordinal < size && nodes[ordinal] != node) {
            ordinal++;
        }
        if (ordinal > Character.MAX_VALUE) {
            throw new IllegalStateException("more than 65536 nodes have written to this store");
        }
        if (ordinal == size) {
            if (size == nodes.length) {
                nodes = Arrays.copyOf(nodes, size * 2);
            }
            nodes[size++] = node;
        }
        lastFound = ordinal;
        return (char) ordinal;
    }

    long node(int ordinal) {
        return nodes[ordinal];
    }
}
