package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * Times PING over and over. On a terminal one line says all that was measured so far; else there is one in the end, which SIGINT and SIGTERM bring
 * about. One thread, and that of the signal.
 */
final class NodeLatency {
    private static final long NANOS_MAX = TimeUnit.MINUTES.toNanos(10);
    private static final int DIGITS = 3;
    private static final long SHOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final double NANOS_PER_MILLI = 1e6;

    private final NodeSession session;
    private final OutputStream out;
    private final boolean isTerminal;
    private final Histogram nanos = new SynchronizedHistogram(NANOS_MAX, DIGITS);

    NodeLatency(NodeSession session, OutputStream out, boolean isTerminal) {
        this.session = session;
        this.out = out;
        this.isTerminal = isTerminal;
    }

    int run(Duration interval, long count) throws IOException, InterruptedException {
        NodeConnection node = session.connected();
        node.exchange("PING");
        Thread whenKilled = new Thread(this::finish, "latency");
        Runtime.getRuntime().addShutdownHook(whenKilled);
        long shownNanos = System.nanoTime();
        for (long i = 0; i < count; i++) {
            long startNanos = System.nanoTime();
            if (node.exchange("PING") instanceof Reply.ErrorReply error) {
                throw new NodeConnection.Refused(error.message());
            }
            long endNanos = System.nanoTime();
            nanos.recordValue(Math.min(endNanos - startNanos, NANOS_MAX));
            if (isTerminal && endNanos - shownNanos > SHOW_NANOS) {
                show("\r", "");
                shownNanos = endNanos;
            }
            TimeUnit.NANOSECONDS.sleep(interval.toNanos());
        }
        Runtime.getRuntime().removeShutdownHook(whenKilled);
        finish();
        return CreekCommand.DONE;
    }

    private void finish() {
        try {
            show(isTerminal ? "\r" : "", "\n");
        } catch (IOException e) {
            // Nobody looks any more.
        }
    }

    private synchronized void show(String before, String after) throws IOException {
        String line = nanos.getTotalCount() == 0 ? "no samples" : summary(nanos);
        out.write((before + line + after).getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    static String summary(Histogram nanos) {
        return String.format(
                Locale.ROOT,
                "min %.3f  avg %.3f  p99 %.3f  max %.3f ms  (%d samples)",
                nanos.getMinValue() / NANOS_PER_MILLI,
                nanos.getMean() / NANOS_PER_MILLI,
                nanos.getValueAtPercentile(99) / NANOS_PER_MILLI,
                nanos.getMaxValue() / NANOS_PER_MILLI,
                nanos.getTotalCount());
    }
}
