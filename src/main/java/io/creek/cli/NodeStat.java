package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A line at every interval, from INFO: keys, memory, clients, and what the node has done since the line before. One thread. */
final class NodeStat {
    private static final int LINES_PER_HEADER = 20;
    private static final Pattern KEYS = Pattern.compile("keys=(\\d+)");
    private static final double NANOS_PER_SECOND = 1e9;

    private final NodeSession session;
    private final OutputStream out;

    NodeStat(NodeSession session, OutputStream out) {
        this.session = session;
        this.out = out;
    }

    int run(Duration interval, long lines) throws IOException, InterruptedException {
        long requestsBefore = 0;
        long nanosBefore = 0;
        for (long line = 0; line < lines; line++) {
            if (line > 0) {
                TimeUnit.NANOSECONDS.sleep(interval.toNanos());
            }
            if (line % LINES_PER_HEADER == 0) {
                write("keys", "memory", "clients", "requests/s", "requests", "connections");
            }
            Map<String, String> info = parse(info());
            long nanos = System.nanoTime();
            long requests = Long.parseLong(info.getOrDefault("total_commands_processed", "0"));
            // The INFO that asks is one of them.
            double perSecond = line == 0
                    ? Double.parseDouble(info.getOrDefault("instantaneous_ops_per_sec", "0"))
                    : Math.max(0, requests - requestsBefore - 1) * NANOS_PER_SECOND / (nanos - nanosBefore);
            write(
                    keys(info),
                    info.getOrDefault("used_memory_human", "?"),
                    info.getOrDefault("connected_clients", "?"),
                    String.format(Locale.ROOT, "%.0f", perSecond),
                    String.valueOf(requests),
                    info.getOrDefault("total_connections_received", "?"));
            requestsBefore = requests;
            nanosBefore = nanos;
        }
        return CreekCommand.DONE;
    }

    private void write(Object... columns) throws IOException {
        out.write(String.format(Locale.ROOT, "%12s %10s %8s %12s %14s %12s%n", columns)
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private String info() throws IOException {
        Reply reply = session.ask("INFO");
        if (reply instanceof Reply.Verbatim verbatim) {
            return verbatim.text();
        }
        if (reply instanceof Reply.Bulk bulk) {
            return new String(bulk.copy(), StandardCharsets.UTF_8);
        }
        if (reply instanceof Reply.ErrorReply error) {
            throw new NodeConnection.Refused(error.message());
        }
        throw new IOException("INFO: expected text, actual another reply");
    }

    /** The fields of INFO by their names. */
    static Map<String, String> parse(String info) {
        Map<String, String> fields = new HashMap<>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return fields;
    }

    private static String keys(Map<String, String> info) {
        Matcher keys = KEYS.matcher(info.getOrDefault("db0", ""));
        return keys.find() ? keys.group(1) : "0";
    }
}
