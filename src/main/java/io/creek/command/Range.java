package io.creek.command;

/**
 * A range as GETRANGE and BITCOUNT are told it, both ends included, negative ones counted from the end: cut to what is there.
 *
 * @param first position of the first element
 * @param last position of the last element; before {@code first} when there is none
 */
record Range(long first, long last) {

    /** Redis' arithmetic: an end that lies before the first element is the first element. */
    static Range of(long start, long end, long length) {
        if (start < 0 && end < 0 && start > end) {
            return new Range(0, -1);
        }
        long first = Math.max(0, start < 0 ? length + start : start);
        long last = Math.max(0, end < 0 ? length + end : end);
        return new Range(first, Math.min(last, length - 1));
    }

    boolean isEmpty() {
        return first > last;
    }
}
