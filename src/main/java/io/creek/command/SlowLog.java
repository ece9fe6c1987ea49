package io.creek.command;

import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The commands that ran for long, the newest first. Bounded: so many, and of each only the beginning. Any thread. */
public final class SlowLog {
    private static final int ARGUMENTS_MAX = 32;
    private static final int ARGUMENT_BYTES_MAX = 128;

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long nextId;

    /**
     * A command that was slow.
     *
     * @param seconds since 1970 at which it was recorded
     * @param micros that it ran
     * @param arguments as Redis clips them, passwords redacted
     */
    record Entry(long id, long seconds, long micros, List<byte[]> arguments, String address, String name) {}

    /** Records a command, and forgets the oldest ones beyond {@code lengthMax}. */
    public void record(long seconds, long micros, Request request, String address, String name, int lengthMax) {
        List<byte[]> arguments = clipped(Redaction.of(request));
        synchronized (this) {
            entries.addFirst(new Entry(nextId++, seconds, micros, arguments, address, name));
            while (entries.size() > lengthMax) {
                entries.removeLast();
            }
        }
    }

    synchronized int size() {
        return entries.size();
    }

    synchronized void reset() {
        entries.clear();
    }

    /** The newest ones, at most so many. */
    synchronized List<Entry> newest(long count) {
        List<Entry> newest = new ArrayList<>();
        Iterator<Entry> each = entries.iterator();
        while (each.hasNext() && newest.size() < count) {
            newest.add(each.next());
        }
        return newest;
    }

    /** With more arguments than fit, the last of them says how many are left out. */
    private static List<byte[]> clipped(Request request) {
        List<byte[]> arguments = new ArrayList<>();
        int shown = request.size() > ARGUMENTS_MAX ? ARGUMENTS_MAX - 1 : request.size();
        for (int i = 0; i < shown; i++) {
            int more = request.length(i) - ARGUMENT_BYTES_MAX;
            arguments.add(
                    more <= 0
                            ? request.copy(i)
                            : latin1(request.text(i).substring(0, ARGUMENT_BYTES_MAX) + "... (" + more
                                    + " more bytes)"));
        }
        if (shown < request.size()) {
            arguments.add(latin1("... (" + (request.size() - shown) + " more arguments)"));
        }
        return arguments;
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
