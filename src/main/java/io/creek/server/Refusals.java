package io.creek.server;

import io.creek.store.Loop;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Tells clients late that their login is refused, and one after the other: whoever guesses must not do so fast, nor learn from the time,
 * nor take a loop for himself by a thousand guesses at once. At most one waits for each connection that is open, since those that are gone
 * are to be {@link #forget forgotten}, and at most {@value #WAITING_MAX} in all. Owned by its event loop.
 */
final class Refusals {
    static final int WAITING_MAX = 4_096;

    /** Answers of a second: beyond, who sends nothing more is taken for gone. */
    private static final int CROWD = 256;

    /** From when the command came. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private record Refusal(long earliestNanos, Runnable answer) {}

    private final Loop loop;
    /** By the logins that they are of, oldest first. */
    private final Map<Object, Refusal> waiting = new LinkedHashMap<>();
    /** When the last answer was due: what is forgotten takes no time of those behind it. */
    private long lastNanos;

    private boolean awaiting;

    Refusals(Loop loop) {
        this.loop = loop;
        lastNanos = System.nanoTime();
    }

    /** Has {@code answer} run on the loop when the client may know; false when too many wait. */
    boolean add(Object login, long begunNanos, Runnable answer) {
        if (waiting.size() >= WAITING_MAX) {
            return false;
        }
        long nowNanos = System.nanoTime();
        waiting.put(login, new Refusal(later(nowNanos, begunNanos + LATE_NANOS), answer));
        awaitFirst(nowNanos);
        return true;
    }

    /** Whether this one waits and so many do that it is to give way, should nobody be there to be told. */
    boolean isCrowdedBy(Object login) {
        return waiting.size() > CROWD && waiting.containsKey(login);
    }

    /** Nobody is there any more to be told: the answer, if one waits, runs now. */
    void forget(Object login) {
        Refusal forgotten = waiting.remove(login);
        if (forgotten != null) {
            forgotten.answer().run();
        }
    }

    private static long later(long nanos, long otherNanos) {
        return nanos - otherNanos > 0 ? nanos : otherNanos;
    }

    private long dueNanos(Refusal first) {
        return later(first.earliestNanos(), lastNanos + APART_NANOS);
    }

    private void awaitFirst(long nowNanos) {
        if (!awaiting && !waiting.isEmpty()) {
            awaiting = true;
            long nanos = dueNanos(waiting.values().iterator().next()) - nowNanos;
            CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run)
                    .execute(() -> loop.execute(this::release));
        }
    }

    private void release() {
        awaiting = false;
        long nowNanos = System.nanoTime();
        Iterator<Refusal> oldest = waiting.values().iterator();
        while (oldest.hasNext()) {
            Refusal first = oldest.next();
            long dueNanos = dueNanos(first);
            if (dueNanos - nowNanos > 0) {
                break;
            }
            // Who stood behind one that was forgotten may be due long since: no burst of them.
            lastNanos = later(dueNanos, nowNanos - APART_NANOS);
            oldest.remove();
            first.answer().run();
            oldest = waiting.values().iterator();
        }
        awaitFirst(nowNanos);
    }
}
