package io.creek.server;

import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.command.LatencyHistogram;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often the commands of one event loop ran, and for how long; and the bytes that came and went. Only that loop counts, so counting
 * costs no more than an addition; any thread reads.
 */
final class CommandStatistics {
    /** What is counted of one command. */
    static final class Counts {
        private final AtomicLong calls = new AtomicLong();
        private final AtomicLong nanos = new AtomicLong();
        private final AtomicLong rejected = new AtomicLong();
        private final AtomicLong failed = new AtomicLong();
        private final LatencyHistogram latencies = new LatencyHistogram();

        long calls() {
            return calls.getOpaque();
        }

        long nanos() {
            return nanos.getOpaque();
        }

        long rejected() {
            return rejected.getOpaque();
        }

        long failed() {
            return failed.getOpaque();
        }

        LatencyHistogram latencies() {
            return latencies;
        }
    }

    private final IdentityHashMap<CommandSpec, Counts> counts = new IdentityHashMap<>();
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();

    CommandStatistics(CommandTable commands) {
        add(commands.rows());
    }

    private void add(List<CommandSpec> rows) {
        for (CommandSpec row : rows) {
            counts.put(row, new Counts());
            add(row.subcommands());
        }
    }

    /** @param nanos that the command ran, 0 when that is part of an EXEC's time; negative when it was refused before */
    void count(CommandSpec spec, long nanos, boolean failed) {
        Counts of = counts.get(spec);
        if (of == null) {
            return;
        }
        if (nanos < 0) {
            add(of.rejected, 1);
            return;
        }
        add(of.calls, 1);
        if (nanos > 0) {
            add(of.nanos, nanos);
            of.latencies.record(nanos);
        }
        if (failed) {
            add(of.failed, 1);
        }
    }

    void read(int bytes) {
        add(bytesIn, bytes);
    }

    void wrote(int bytes) {
        add(bytesOut, bytes);
    }

    Counts of(CommandSpec spec) {
        Counts of = counts.get(spec);
        return of == null ? new Counts() : of;
    }

    long bytesIn() {
        return bytesIn.getOpaque();
    }

    long bytesOut() {
        return bytesOut.getOpaque();
    }

    void reset() {
        for (Counts each : counts.values()) {
            each.calls.setOpaque(0);
            each.nanos.setOpaque(0);
            each.rejected.setOpaque(0);
            each.failed.setOpaque(0);
            each.latencies.reset();
        }
        bytesIn.setOpaque(0);
        bytesOut.setOpaque(0);
    }

    private static void add(AtomicLong counter, long more) {
        counter.setOpaque(counter.getPlain() + more);
    }
}
