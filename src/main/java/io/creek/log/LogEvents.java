package io.creek.log;

/** What the log tells the operator. May be called on any thread, under locks: do not call back. */
public interface LogEvents {
    /**
     * Recovery found bytes that were written but never durable (a power loss or a torn last write) and cut them off.
     *
     * @param file that the cut begins in
     * @param offset of the first frame that is not whole
     * @param bytes from there to the last byte that is not zero
     * @param lastSequence the last frame that was kept
     */
    void tailCut(String file, long offset, long bytes, long lastSequence);

    /** What was written has been made durable, which took so long. One thread at a time. */
    default void forced(long nanos) {}

    /** There is no room to prepare more log: frames that make data grow are refused once the prepared space is used up. */
    void diskFull(String reason);

    /** There is room again. */
    void diskHasRoom();

    /** A snapshot was abandoned, or what it makes needless could not be deleted; what was there before still counts. */
    void snapshotFailed(String reason);

    /** The disk failed. Nothing more will be gated; the process should end without touching the disk. */
    void failed(String reason, Throwable cause);
}
