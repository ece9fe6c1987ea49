package io.creek.server;

import io.creek.command.CommandCounts;
import io.creek.command.CommandLatency;
import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.command.LatencyHistogram;
import io.creek.protocol.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The counters of the node that INFO shows, those of the event loops added up. Any thread. */
final class NodeStatistics {
    /** Error codes are our own, so they are few; a client could only make up the word of an unknown one. */
    private static final int ERROR_CODES_MAX = 128;

    private final LongAdder connectionsReceived = new LongAdder();
    private final LongAdder connectionsRejected = new LongAdder();
    private final LongAdder commandsProcessed = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final Rate operations = new Rate();
    private final Rate bytesIn = new Rate();
    private final Rate bytesOut = new Rate();

    void connected() {
        connectionsReceived.increment();
    }

    void rejected() {
        connectionsRejected.increment();
    }

    void processed(int commands) {
        commandsProcessed.add(commands);
    }

    void failed(Reply.ErrorReply error) {
        String message = error.message();
        int space = message.indexOf(' ');
        String code = space < 0 ? message : message.substring(0, space);
        LongAdder counter = errors.get(code);
        if (counter == null && errors.size() < ERROR_CODES_MAX) {
            counter = errors.computeIfAbsent(code, each -> new LongAdder());
        }
        if (counter != null) {
            counter.increment();
        }
    }

    long connectionsReceived() {
        return connectionsReceived.sum();
    }

    long connectionsRejected() {
        return connectionsRejected.sum();
    }

    long commandsProcessed() {
        return commandsProcessed.sum();
    }

    Map<String, Long> errors() {
        Map<String, Long> sums = new TreeMap<>();
        errors.forEach((code, count) -> sums.put(code, count.sum()));
        return sums;
    }

    /** Has to be called every {@link Rate#SAMPLE_MILLIS}, by one thread. */
    void sample(List<CommandStatistics> loops) {
        operations.sample(commandsProcessed.sum());
        bytesIn.sample(bytesIn(loops));
        bytesOut.sample(bytesOut(loops));
    }

    double operationsPerSecond() {
        return operations.perSecond();
    }

    double bytesInPerSecond() {
        return bytesIn.perSecond();
    }

    double bytesOutPerSecond() {
        return bytesOut.perSecond();
    }

    static long bytesIn(List<CommandStatistics> loops) {
        return loops.stream().mapToLong(CommandStatistics::bytesIn).sum();
    }

    static long bytesOut(List<CommandStatistics> loops) {
        return loops.stream().mapToLong(CommandStatistics::bytesOut).sum();
    }

    /** Of every command that was sent at least once. */
    static List<CommandCounts> commands(CommandTable table, List<CommandStatistics> loops) {
        List<CommandCounts> counts = new ArrayList<>();
        add(table.rows(), loops, counts);
        return counts;
    }

    private static void add(List<CommandSpec> rows, List<CommandStatistics> loops, List<CommandCounts> counts) {
        for (CommandSpec row : rows) {
            long calls = 0;
            long nanos = 0;
            long rejected = 0;
            long failed = 0;
            for (CommandStatistics loop : loops) {
                CommandStatistics.Counts of = loop.of(row);
                calls += of.calls();
                nanos += of.nanos();
                rejected += of.rejected();
                failed += of.failed();
            }
            if (calls + rejected > 0) {
                counts.add(
                        new CommandCounts(row.name(), calls, TimeUnit.NANOSECONDS.toMicros(nanos), rejected, failed));
            }
            add(row.subcommands(), loops, counts);
        }
    }

    /** Of every command that ran at least once. */
    static List<CommandLatency> latencies(CommandTable table, List<CommandStatistics> loops) {
        List<CommandLatency> latencies = new ArrayList<>();
        addLatencies(table.rows(), loops, latencies);
        return latencies;
    }

    private static void addLatencies(
            List<CommandSpec> rows, List<CommandStatistics> loops, List<CommandLatency> latencies) {
        for (CommandSpec row : rows) {
            List<LatencyHistogram> ofLoops =
                    loops.stream().map(loop -> loop.of(row).latencies()).toList();
            LatencyHistogram.Sum sum = LatencyHistogram.sum(ofLoops);
            if (Arrays.stream(sum.counts()).anyMatch(count -> count > 0)) {
                latencies.add(new CommandLatency(row.name(), sum));
            }
            addLatencies(row.subcommands(), loops, latencies);
        }
    }

    void reset() {
        connectionsReceived.reset();
        connectionsRejected.reset();
        commandsProcessed.reset();
        errors.clear();
    }
}
