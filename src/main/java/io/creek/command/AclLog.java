package io.creek.command;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What clients were not allowed: counted, and the last of it kept, the newest first. Bounded. Any thread. */
public final class AclLog {
    private static final int ENTRIES_MAX = 128;
    private static final int TEXT_LENGTH_MAX = 128;

    /** The same once more within this time is no entry of its own. */
    private static final long SAME_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** What was refused. */
    public enum Reason {
        AUTH,
        COMMAND,
        KEY
    }

    /**
     * How often each was refused.
     *
     * @param auth logins
     * @param command commands that the user may not run
     * @param key commands with a key that the user may not touch
     */
    public record Denied(long auth, long command, long key) {}

    /**
     * One refusal, or several alike.
     *
     * @param inTransaction whether the command was sent within MULTI
     * @param object command or key; AUTH or HELLO for a login
     * @param client that was refused last
     * @param nanos when it was refused last, by {@link System#nanoTime}
     */
    record Entry(
            long count,
            Reason reason,
            boolean inTransaction,
            String object,
            String user,
            ClientStatus client,
            long nanos) {

        boolean isLike(Entry other) {
            return reason == other.reason
                    && inTransaction == other.inTransaction
                    && object.equals(other.object)
                    && user.equals(other.user)
                    && other.nanos - nanos < SAME_NANOS;
        }
    }

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final LongAdder auth = new LongAdder();
    private final LongAdder command = new LongAdder();
    private final LongAdder key = new LongAdder();

    /** Counts a refusal and keeps it. */
    public void record(Reason reason, boolean inTransaction, String object, String user, ClientStatus client) {
        adder(reason).increment();
        Entry fresh = new Entry(1, reason, inTransaction, clipped(object), clipped(user), client, System.nanoTime());
        synchronized (this) {
            Iterator<Entry> each = entries.iterator();
            while (each.hasNext()) {
                Entry known = each.next();
                if (known.isLike(fresh)) {
                    each.remove();
                    entries.addFirst(new Entry(
                            known.count + 1,
                            reason,
                            inTransaction,
                            fresh.object,
                            fresh.user,
                            fresh.client,
                            fresh.nanos));
                    return;
                }
            }
            entries.addFirst(fresh);
            if (entries.size() > ENTRIES_MAX) {
                entries.removeLast();
            }
        }
    }

    private LongAdder adder(Reason reason) {
        return switch (reason) {
            case AUTH -> auth;
            case COMMAND -> command;
            case KEY -> key;
        };
    }

    private static String clipped(String text) {
        return text.length() <= TEXT_LENGTH_MAX ? text : text.substring(0, TEXT_LENGTH_MAX) + "...";
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

    /** Forgets what is kept; the counts stay. */
    synchronized void reset() {
        entries.clear();
    }

    public Denied denied() {
        return new Denied(auth.sum(), command.sum(), key.sum());
    }

    /** Sets the counts to zero. */
    public void resetCounts() {
        auth.reset();
        command.reset();
        key.reset();
    }
}
