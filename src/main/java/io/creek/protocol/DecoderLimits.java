package io.creek.protocol;

/**
 * What one connection may send at most. Immutable; a connection's limits are replaced when it authenticates.
 *
 * @param inlineBytesMax longest line, its end not counted
 * @param argumentsMax most arguments of a multibulk request
 * @param bulkBytesMax longest argument of a multibulk request
 * @param queryBufferBytesMax longest multibulk request, headers included; so the most that is kept of an incomplete one
 * @param authenticated whether the client may do more than authenticate: decides only the error's words
 */
public record DecoderLimits(
        int inlineBytesMax, int argumentsMax, int bulkBytesMax, int queryBufferBytesMax, boolean authenticated) {

    /** Redis' proto-max-bulk-len, the most that any configuration may allow. */
    public static final int BULK_BYTES_CEILING = 512 * 1024 * 1024;

    /** What is allowed where the configuration says nothing. */
    public static final DecoderLimits STANDARD =
            new DecoderLimits(64 * 1024, 1024 * 1024, 8 * 1024 * 1024, 32 * 1024 * 1024, true);

    /** What a client may send before it has authenticated: Redis' 10 arguments of 16 KiB. */
    public static final DecoderLimits BEFORE_AUTHENTICATION =
            new DecoderLimits(64 * 1024, 10, 16 * 1024, 64 * 1024, false);

    /** Refuses limits below 1, or a bulk limit above {@link #BULK_BYTES_CEILING}. */
    public DecoderLimits {
        atLeastOne("inline bytes", inlineBytesMax);
        atLeastOne("arguments", argumentsMax);
        atLeastOne("bulk bytes", bulkBytesMax);
        atLeastOne("query buffer bytes", queryBufferBytesMax);
        if (bulkBytesMax > BULK_BYTES_CEILING) {
            throw new IllegalArgumentException(
                    "limit of bulk bytes: expected at most " + BULK_BYTES_CEILING + ", actual " + bulkBytesMax);
        }
    }

    private static void atLeastOne(String what, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit of " + what + ": expected at least 1, actual " + limit);
        }
    }
}
