package io.creek.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Tells on standard error how far something long has come: on a terminal a bar in one line that is drawn anew, else a line every ten seconds.
 * What takes less than a second is not told of. One thread.
 */
final class Progress implements AutoCloseable {
    private static final long DRAWN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long TOLD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int BAR_CELLS = 30;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int UNIT = 1024;

    private final PrintStream err;
    private final boolean terminal;
    private final String what;
    private final long startNanos = System.nanoTime();
    private long total;
    private long told;
    private boolean drawn;

    /** @param what is done, in a word */
    Progress(CliContext context, String what) {
        this.err = context.err();
        this.terminal = context.errIsTerminal();
        this.what = what;
        this.told = terminal ? startNanos + SILENT_NANOS - DRAWN_NANOS : startNanos;
    }

    /** So much there will be, about; without it no share is told. */
    Progress total(long amount) {
        total = amount;
        return this;
    }

    /**
     * Tells when it is time to.
     *
     * @param done of the total
     * @param keys that were gone through
     */
    void at(long done, long keys) {
        at(done, keys, -1);
    }

    /** As {@link #at(long, long)}, with bytes; -1 is not told. */
    void at(long done, long keys, long bytes) {
        long now = System.nanoTime();
        if (now - told >= (terminal ? DRAWN_NANOS : TOLD_NANOS)) {
            told = now;
            String line = line(done, keys, bytes, Math.max(1, now - startNanos));
            if (terminal) {
                // Erases what is left of the line before.
                err.print("\r" + line + "\u001b[K");
                err.flush();
                drawn = true;
            } else {
                err.println(line);
            }
        }
    }

    private String line(long done, long keys, long bytes, long nanos) {
        StringBuilder line = new StringBuilder(what);
        if (total > 0) {
            double share = Math.min(1, (double) done / total);
            int cells = (int) (share * BAR_CELLS);
            if (terminal) {
                line.append(" [")
                        .append("#".repeat(cells))
                        .append(".".repeat(BAR_CELLS - cells))
                        .append(']');
            }
            line.append(String.format(Locale.ROOT, " %3d %%", (int) (share * 100)));
        }
        line.append(String.format(Locale.ROOT, "  %,d keys  %,d keys/s", keys, perSecond(keys, nanos)));
        if (bytes >= 0) {
            line.append("  ").append(bytes(bytes)).append("  ").append(bytes(perSecond(bytes, nanos)));
            line.append("/s");
        }
        return line.toString();
    }

    /** Since the start, nanoseconds. */
    long nanos() {
        return Math.max(1, System.nanoTime() - startNanos);
    }

    static long perSecond(long amount, long nanos) {
        return (long) (amount * (double) TimeUnit.SECONDS.toNanos(1) / nanos);
    }

    /** In the unit that fits: {@code 12.3 MiB}. */
    static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= UNIT && unit + 1 < UNITS.length) {
            amount /= UNIT;
            unit++;
        }
        return unit == 0 ? bytes + " " + UNITS[0] : String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
    }

    /** Takes the bar away. */
    void end() {
        if (drawn) {
            drawn = false;
            err.print("\r\u001b[K");
            err.flush();
        }
    }

    @Override
    public void close() {
        end();
    }
}
