package io.creek.log;

/**
 * One thing that is wrong in a data directory.
 *
 * @param file as an operator finds it
 * @param part of the file: header, frame, block, footer, slot
 * @param offset where the part begins
 */
public record Finding(String file, String part, long offset, String expected, String actual) {
    /** The finding in one line. */
    @Override
    public String toString() {
        return file + ": " + part + " at " + offset + ": expected " + expected + ", actual " + actual;
    }
}
