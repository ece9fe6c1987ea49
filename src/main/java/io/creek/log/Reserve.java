package io.creek.log;

/** How much of the disk the log leaves free: room for a snapshot of the data, without which a full disk would stay full. */
@FunctionalInterface
public interface Reserve {
    /** For a log that only itself is on the disk. */
    Reserve NOTHING = preparedBytes -> 0;

    /**
     * Called by whichever thread prepares space, while others go on.
     *
     * @param preparedBytes of log that are prepared and not written yet: so much more data there may be soon
     */
    long bytes(long preparedBytes);
}
