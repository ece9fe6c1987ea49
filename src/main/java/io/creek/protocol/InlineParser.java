package io.creek.protocol;

/**
 * Finds the end of a line, in as many steps as its bytes come in. Owned by one {@link RequestDecoder}. Positions are
 * relative to the line's first byte; no byte is looked at twice.
 */
final class InlineParser {
    private int searched;
    private long searchedBytes;

    /** Goes on with the line whose bytes so far are these; returns whether its end is there. */
    boolean parse(byte[] array, int start, int end, DecoderLimits limits) throws ProtocolException {
        int there = (int) Math.min(end - start, limits.inlineBytesMax() + 1L);
        int i = searched;
        while (i < there && array[start + i] != '\n') {
            i++;
        }
        searchedBytes += i - searched;
        searched = i;
        if (i > limits.inlineBytesMax()) {
            throw ProtocolException.answered("too big inline request");
        }
        return i < there;
    }

    /** Bytes of the line that {@link #parse} found, its LF included. */
    int length() {
        return searched + 1;
    }

    /** Gets ready for the next line. */
    void reset() {
        searched = 0;
    }

    /** How many bytes were looked at so far, each as often as it was: what the promise of linear time is checked by. */
    long searchedBytes() {
        return searchedBytes;
    }
}
