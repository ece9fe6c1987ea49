package io.creek.replication;

/**
 * Sizes of streams, and when a peer's cursor is given up.
 *
 * @param batchBytes entries of a batch, about; a larger frame makes a larger one, up to {@code messageBytesMax}
 * @param messageBytesMax a frame that would make a message larger than this goes in parts of {@code batchBytes}
 * @param frameBytesMax the entries of the largest frame that a peer may send
 * @param hintBytesMax bytes of log that a peer may be behind before its cursor is dropped
 * @param hintAgeMillisMax how long it may be behind before that
 */
public record ReplicationOptions(
        int batchBytes, int messageBytesMax, int frameBytesMax, long hintBytesMax, long hintAgeMillisMax) {
    private static final int BATCH_BYTES = 256 << 10;
    /** The largest {@code value_bytes_max}, and what a frame has beside the value. */
    private static final int FRAME_BYTES_MAX = 513 << 20;

    public ReplicationOptions {
        if (batchBytes < 1 || messageBytesMax < ReplicationCodec.HEADER_BYTES_MAX + batchBytes) {
            throw new IllegalArgumentException(
                    "message bytes: expected room for a batch of " + batchBytes + " bytes, actual " + messageBytesMax);
        }
        if (messageBytesMax > Transport.MESSAGE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "message bytes: expected at most " + Transport.MESSAGE_BYTES_MAX + ", actual " + messageBytesMax);
        }
    }

    public static ReplicationOptions of(long hintBytesMax, long hintAgeMillisMax) {
        return new ReplicationOptions(
                BATCH_BYTES, Transport.MESSAGE_BYTES_MAX, FRAME_BYTES_MAX, hintBytesMax, hintAgeMillisMax);
    }

    /** Entries that a batch can have. */
    int entriesBytesMax() {
        return messageBytesMax - ReplicationCodec.HEADER_BYTES_MAX;
    }
}
