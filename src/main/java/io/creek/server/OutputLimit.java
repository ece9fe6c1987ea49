package io.creek.server;

import io.creek.config.CreekConfig;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Decides when a client is closed that does not take its replies. Owned by its session. */
final class OutputLimit {
    private boolean aboveSoft;
    private long aboveSoftSinceNanos;

    /** Which limit is exceeded; null when none is. */
    @Nullable
    String exceeded(long unsentBytes, CreekConfig.Limits limits) {
        if (unsentBytes > limits.outputBytesMax()) {
            return "'output_buffer_bytes_max' (" + limits.outputBytesMax() + ")";
        }
        if (unsentBytes <= limits.outputSoftBytesMax()) {
            aboveSoft = false;
            return null;
        }
        long nowNanos = System.nanoTime();
        if (!aboveSoft) {
            aboveSoft = true;
            aboveSoftSinceNanos = nowNanos;
        }
        return nowNanos - aboveSoftSinceNanos >= TimeUnit.SECONDS.toNanos(limits.outputSoftSeconds())
                ? "'output_buffer_soft_bytes_max' (" + limits.outputSoftBytesMax() + ") for "
                        + limits.outputSoftSeconds() + " s"
                : null;
    }
}
